type Account = { address: string; username: string; password: string; note: string };

/** Returns what `npm start` prints: the addresses, the accounts and the mailbox. */
export function signInTable(accounts: readonly Account[], operator: Omit<Account, 'address'>, root: URL) {
  const all = [...accounts, { ...operator, address: `${root.protocol}//operator.${root.host}` }];
  const columns = ['address', 'username', 'password', 'note'] as const;
  const heads = { address: 'Address', username: 'Username', password: 'Password', note: '' };
  const widths = columns.map((column) => Math.max(...[heads, ...all].map((row) => row[column].length)));
  const lines = [heads, ...all].map((row) =>
    columns
      .map((column, at) => row[column].padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [
    '',
    `Gatehouse is ready: ${root.origin} (find your account)`,
    '',
    ...lines.map((line) => `  ${line}`),
    '',
    `  Mail that was sent: ${root.origin}/dev/mailbox`,
    '  Ctrl-C stops it; the data stays.',
    '',
  ].join('\n');
}
