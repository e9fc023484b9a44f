import type { AuditReader } from '@/app/_parts/audit/reader';
import { ActionForm } from '@/components/forms/action-form';
import { SubmitButton } from '@/components/forms/submit-button';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { Watch } from '@/components/ui/watch';
import { type Check, findCheck } from '@/lib/audit/check';
import { namesIn } from '@/lib/audit/names';
import type { FormAction } from '@/lib/forms/state';
import { showMoment } from '@/lib/language/show';
import { getTranslations } from '@/lib/request/translations';

type Props = { reader: AuditReader; action: FormAction; hidden?: Record<string, string> };

export async function IntegrityCheck({ reader, action, hidden }: Props) {
  const [t, check] = await Promise.all([getTranslations('audit'), findCheck(reader.chain)]);
  return (
    <div className="mt-8 max-w-3xl">
      <Card title={t('chain')} description={t('chainWhat')}>
        <div className="stack">
          {check ? <Verdict reader={reader} check={check} /> : <p className="muted">{t('never')}</p>}
          <ActionForm action={action} hidden={hidden} message="none">
            <SubmitButton tone="quiet" pending={t('checking')}>
              {t('check')}
            </SubmitButton>
          </ActionForm>
        </div>
      </Card>
    </div>
  );
}

async function Verdict({ reader, check }: { reader: AuditReader; check: Check }) {
  const t = await getTranslations('audit');
  const { state, seq, fromSeq, untilSeq, startedBy, bad, badSeqs, cutAt, provedSeq } = check;
  if (state === 'running') {
    const share = (seq - fromSeq) / Math.max(1, untilSeq - fromSeq);
    return (
      <div role="status" className="stack-tight">
        <progress className="w-full" value={share} aria-label={t('check')} />
        <p>{t('running', { share, seq })}</p>
        <Watch href={reader.path} words={t('reload')} />
      </div>
    );
  }
  const name = startedBy
    ? ((await namesIn(reader.chain, [], [startedBy])).get(startedBy) ?? t('someone.gone'))
    : t('someone.commandLine');
  const moment = showMoment(check.finishedAt ?? check.startedAt, reader.locale, reader.timeZone);
  return (
    <div role="status">
      <Alert tone={state === 'holds' ? 'success' : 'danger'}>
        <div className="stack-tight">
          {state === 'holds' ? <p>{t('holds', { count: seq - fromSeq })}</p> : null}
          {bad > 0 ? (
            <p>{t('broken', { count: bad, seqs: listOf(badSeqs, reader.locale), more: bad - badSeqs.length })}</p>
          ) : null}
          {cutAt !== null ? <p>{t('cut', { seq: cutAt })}</p> : null}
          {state === 'holds' ? <p>{provedSeq === null ? t('unproved') : t('proved', { seq: provedSeq })}</p> : null}
          <p>{t(state === 'holds' ? 'checkedBy' : 'checkedBadly', { moment, name })}</p>
        </div>
      </Alert>
    </div>
  );
}

function listOf(seqs: number[], locale: string) {
  return new Intl.ListFormat(locale).format(seqs.map((seq) => String(seq)));
}
