import type { PortalVisit } from '@/app/_parts/portal-frame';
import { DefinitionList } from '@/components/ui/definition-list';
import { getTranslations } from '@/lib/request/translations';
import type { ProviderCheck } from '@/lib/sso/answer';
import type { Connection } from '@/lib/sso/connections/connections';
import { DIAGNOSES, wordsFor } from '@/lib/sso/sign-in/diagnosis';
import type { TestReport } from '@/lib/sso/sign-in/test-reports';
import { Mark } from '../../mark';
import { nameOf } from '../../received';
import { showValue } from '../../show-value';

type Props = { report: TestReport; connection: Connection; visit: PortalVisit };

export async function CheckList({ report, connection, visit }: Props) {
  const [t, reasons] = await Promise.all([getTranslations('ssoChecks'), getTranslations('ssoReasons')]);
  const { reason } = report;
  const words = wordsFor(connection, report.received);
  const found = reason && { check: DIAGNOSES[reason].check, words: reasons(`${reason}.found`, words) };
  const wordsOf = ({ ok, name }: ProviderCheck) => {
    if (ok) return t(`${name}.passed`);
    return found?.check === name ? found.words : t(`${name}.failed`);
  };
  return (
    <ol className="stack">
      {report.checks.map((check, index) => (
        <Mark key={index} ok={check.ok}>
          <p className="font-semibold">{t(`${check.name}.title`)}</p>
          <p>{wordsOf(check)}</p>
          <Detail check={check} visit={visit} />
        </Mark>
      ))}
    </ol>
  );
}

/** Shows the details of a check in the protocol's terms. */
async function Detail({ check, visit }: { check: ProviderCheck; visit: PortalVisit }) {
  const t = await getTranslations('ssoReceived');
  const details = Object.entries(check.detail ?? {}).filter(([name]) => !NOT_SHOWN.has(name));
  if (details.length === 0) return null;
  return (
    <div className="mt-2 text-sm">
      <DefinitionList
        items={details.map(([name, value]) => ({
          term: nameOf(t, name),
          value: <span className="break-all">{showValue(name, value, visit)}</span>,
        }))}
      />
    </div>
  );
}

/** Details that the messages contain already. */
const NOT_SHOWN = new Set(['reason', 'created']);
