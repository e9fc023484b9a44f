import type { OperatorVisit } from '@/app/operator/frame';
import { ActionForm } from '@/components/forms/action-form';
import { ConfirmWhile } from '@/components/forms/confirm-while';
import { Field } from '@/components/forms/field';
import { SubmitButton } from '@/components/forms/submit-button';
import { VersionField } from '@/components/forms/version-field';
import { CopyButton } from '@/components/ui/copy-button';
import { DefinitionList } from '@/components/ui/definition-list';
import { stampOf } from '@/lib/forms/version';
import { proofOf, savedDomain } from '@/lib/operators/tenants/domain';
import { getTranslations } from '@/lib/request/translations';
import { tenantOrigin } from '@/lib/tenants/tenants';
import { beginDomain, checkDomain, dropDomain } from './actions';
import type { Managed } from './overview';

type Props = { tenant: Managed; visit: OperatorVisit };

export async function DomainCard({ tenant, visit: { operator } }: Props) {
  const t = await getTranslations('tenant');
  const hidden = { as: operator.id, tenant: tenant.id };
  const known = tenant.domain ?? tenant.pendingDomain;
  return (
    <div className="stack">
      <p>
        {tenant.domain ? t('domainNow', { domain: tenant.domain }) : t('domainNone', { address: tenantOrigin(tenant) })}
      </p>
      {tenant.pendingDomain ? <Proof tenant={tenant} hidden={hidden} /> : null}
      <ActionForm action={beginDomain} hidden={hidden}>
        <VersionField version={stampOf(savedDomain(tenant))} />
        <Field
          name="domain"
          label={t('domainLabel')}
          hint={t('domainHint')}
          maxLength={253}
          autoComplete="off"
          required
        />
        <SubmitButton tone="quiet" pending={t('domainAsking')}>
          {t('domainAsk')}
        </SubmitButton>
      </ActionForm>
      <p className="muted text-sm">{t('domainSsoHint')}</p>
      <ConfirmWhile
        offered={known !== null}
        action={dropDomain}
        hidden={{ ...hidden, version: stampOf(savedDomain(tenant)) }}
        trigger={t('domainRemove')}
        question={t('domainRemoveQuestion', { domain: known ?? '', name: tenant.name })}
        explain={t('domainRemoveWhat')}
        confirm={t('domainRemove')}
        pending={t('domainRemoving')}
      />
    </div>
  );
}

async function Proof({ tenant, hidden }: { tenant: Managed; hidden: Record<string, string> }) {
  const t = await getTranslations('tenant');
  const proof = proofOf(tenant);
  if (!proof) return null;
  const domain = tenant.pendingDomain ?? '';
  const copyable = (text: string, what: string) => (
    <span className="row">
      <code className="break-all">{text}</code>
      <CopyButton text={text} label={t('copy')} copied={t('copied')} what={what} />
    </span>
  );
  return (
    <div className="stack-tight">
      <h3>{t('domainProof', { domain })}</h3>
      <p className="muted">{t('domainProofHint', { domain })}</p>
      <DefinitionList
        items={[
          { term: t('recordType'), value: <code>{'TXT'}</code> },
          { term: t('recordName'), value: copyable(proof.name, t('recordName')) },
          { term: t('recordValue'), value: copyable(proof.value, t('recordValue')) },
        ]}
      />
      <ActionForm action={checkDomain} hidden={hidden}>
        <SubmitButton pending={t('domainChecking')}>{t('domainCheck')}</SubmitButton>
      </ActionForm>
    </div>
  );
}
