import { callWith, connect, dial, expect, heard, hearing, press, ready, silent, test } from './desk';

/** What agents do all day. */

test('a call rings at a colleague’s, is answered, heard both ways, and hung up', async ({ company, sitDown }) => {
  const [milo, dana] = await Promise.all([sitDown(company.milo), sitDown(company.dana)]);
  await ready(milo, dana);
  expect(await company.sip.registered()).toEqual(['201', '202']);
  await dial(milo, '201');
  await expect(callWith(milo, 'Dana Reyes')).toContainText('Ringing');
  await expect(callWith(dana, 'Milo Tanaka')).toContainText('Incoming call');
  await press(dana, 'Milo Tanaka', 'Answer');
  await hearing(milo, dana);
  await press(dana, 'Milo Tanaka', 'Hang up');
  await expect(callWith(milo, 'Dana Reyes')).toContainText('The call is over');
  for (const [page, name] of [
    [milo, 'Dana Reyes'],
    [dana, 'Milo Tanaka'],
  ] as const)
    await expect(page.getByRole('button', { name: `Call ${name}`, exact: true })).toBeVisible();
});

test('a call is rejected, given up, and missed', async ({ company, sitDown }) => {
  const [milo, dana] = await Promise.all([sitDown(company.milo), sitDown(company.dana)]);
  await ready(milo, dana);
  await dial(milo, '201');
  await press(dana, 'Milo Tanaka', 'Reject');
  await expect(callWith(milo, 'Dana Reyes')).toContainText(/rejected|Busy/);
  await dial(milo, '201');
  await expect(callWith(dana, 'Milo Tanaka').getByRole('button', { name: 'Answer' })).toBeVisible();
  await press(milo, 'Dana Reyes', 'Hang up');
  await expect(callWith(dana, 'Milo Tanaka').getByRole('button', { name: 'Answer' })).toBeHidden();
  await dana.reload();
  await expect(dana.getByText('Missed').first()).toBeVisible();
  await ready(dana);
});

test('nobody is there, and nobody has such a number', async ({ company, sitDown }) => {
  const milo = await sitDown(company.milo);
  await ready(milo);
  await dial(milo, '207');
  await expect(callWith(milo, 'Ruth Abrams')).toContainText(/No answer|did not work/);
});

test('hold stops the sound both ways, resume brings it back', async ({ company, sitDown }) => {
  const [milo, dana] = await Promise.all([sitDown(company.milo), sitDown(company.dana)]);
  await ready(milo, dana);
  await connect(milo, dana);
  await press(milo, 'Dana Reyes', 'Hold');
  await expect(callWith(milo, 'Dana Reyes')).toContainText('On hold');
  await expect(callWith(dana, 'Milo Tanaka')).toContainText('put you on hold');
  // Whoever holds sends silence; whoever is held sends nothing.
  await silent(dana);
  const before = await heard(milo);
  await silent(dana);
  expect((await heard(milo)).packets - before.packets).toBeLessThan(3);
  await press(milo, 'Dana Reyes', 'Resume');
  await expect(callWith(dana, 'Milo Tanaka')).toContainText('On the line');
  await hearing(milo, dana);
});

test('mute sends silence, and the call continues', async ({ company, sitDown }) => {
  const [milo, dana] = await Promise.all([sitDown(company.milo), sitDown(company.dana)]);
  await ready(milo, dana);
  await connect(milo, dana);
  await press(milo, 'Dana Reyes', 'Mute');
  await expect(callWith(milo, 'Dana Reyes')).toContainText('Your microphone is off');
  await silent(dana);
  await press(milo, 'Dana Reyes', 'Unmute');
  await hearing(dana);
});

test('a transferred call frees the agent who transferred it', async ({ company, sitDown }) => {
  const [milo, dana, ruth] = await Promise.all([sitDown(company.milo), sitDown(company.dana), sitDown(company.ruth)]);
  await ready(milo, dana, ruth);
  await connect(milo, dana);
  await press(dana, 'Milo Tanaka', 'Transfer');
  await callWith(dana, 'Milo Tanaka').getByLabel('Transfer to').fill('207');
  await press(dana, 'Milo Tanaka', 'Transfer now');
  await expect(callWith(ruth, 'Milo Tanaka')).toContainText('Incoming call');
  await press(ruth, 'Milo Tanaka', 'Answer');
  await expect(callWith(milo, 'Ruth Abrams')).toContainText('On the line');
  await expect(callWith(dana, 'Milo Tanaka').getByRole('button', { name: 'Hang up' })).toBeHidden();
  await hearing(milo, ruth);
});

test('a second call waits; answering it holds the first', async ({ company, sitDown }) => {
  const [milo, dana, ruth] = await Promise.all([sitDown(company.milo), sitDown(company.dana), sitDown(company.ruth)]);
  await ready(milo, dana, ruth);
  await connect(milo, dana);
  await dial(ruth, '201');
  await press(dana, 'Ruth Abrams', 'Hold and answer');
  await expect(callWith(dana, 'Ruth Abrams')).toContainText('On the line');
  await expect(callWith(dana, 'Milo Tanaka')).toContainText('On hold');
  await hearing(ruth);
  await press(dana, 'Ruth Abrams', 'Hang up');
  await press(dana, 'Milo Tanaka', 'Resume');
  await hearing(milo, dana);
});

test('keys reach the other side as tones', async ({ company, sitDown }) => {
  const [milo, dana] = await Promise.all([sitDown(company.milo), sitDown(company.dana)]);
  await ready(milo, dana);
  await connect(milo, dana);
  await press(milo, 'Dana Reyes', 'Keypad');
  await press(milo, 'Dana Reyes', '5');
  await expect(callWith(milo, 'Dana Reyes').getByText('Keys sent')).toContainText('5');
  await hearing(milo, dana);
});

test('the call continues while the agent looks at other pages, and leaving them asks first', async ({
  company,
  sitDown,
}) => {
  const [milo, dana] = await Promise.all([sitDown(company.milo), sitDown(company.dana)]);
  await ready(milo, dana);
  await connect(milo, dana);
  await milo.getByRole('link', { name: 'Home', exact: true }).first().click();
  await expect(milo.getByRole('heading', { name: 'Hello Milo' })).toBeVisible();
  await milo.getByRole('link', { name: 'Settings', exact: true }).first().click();
  await expect(milo).toHaveURL(company.at('/settings/profile'));
  await hearing(milo, dana);
  const question = milo.waitForEvent('dialog');
  void milo.reload().catch(() => undefined);
  const dialog = await question;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await hearing(milo, dana);
  await press(milo, 'Dana Reyes', 'Hang up');
  await expect(callWith(dana, 'Milo Tanaka')).toContainText('The call is over');
});
