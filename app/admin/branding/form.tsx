import type { PortalVisit } from '@/app/_parts/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { CheckboxField } from '@/components/forms/checkbox-field';
import { Field } from '@/components/forms/field';
import { FileField } from '@/components/forms/file-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { VersionField } from '@/components/forms/version-field';
import { Card } from '@/components/ui/card';
import { ShowOnce } from '@/components/ui/said-once';
import { BRAND_LENGTHS, type Branding, brandFor } from '@/lib/branding/brand';
import { LARGEST_LOGO } from '@/lib/branding/logo';
import { savedBranding } from '@/lib/branding/settings';
import { stampOf } from '@/lib/forms/version';
import { getTranslations } from '@/lib/request/translations';
import { save } from './actions';
import { LivePreview } from './live-preview';
import { ShowSaved } from './show-saved';

type Props = { visit: PortalVisit; branding: Branding; registered: string; saved: boolean };

export async function BrandingForm({ visit: { user, locale }, branding, registered, saved }: Props) {
  const t = await getTranslations('branding');
  const size = { kilobytes: LARGEST_LOGO / 1024 };
  const logo = brandFor(branding, locale)?.logo ?? null;
  return (
    <ActionForm
      action={save}
      hidden={{ as: user.id }}
      initial={saved ? { status: 'done', message: t('saved') } : undefined}
      className="stack"
    >
      <ShowSaved />
      <VersionField version={stampOf(savedBranding(branding))} />
      {saved ? <ShowOnce /> : null}
      <div className="branding">
        <div className="stack">
          <Card title={t('names')} description={t('namesWhat', { name: registered })}>
            <Words of="name" branding={branding} />
          </Card>
          <Card title={t('look')}>
            <div className="stack">
              <FileField
                name="logo"
                label={t('logo')}
                optional={t('optional')}
                hint={t('logoHint', size)}
                accept="image/png,image/jpeg,image/webp"
                most={LARGEST_LOGO}
                tooLarge={t('logoTooLarge', size)}
              />
              {logo ? (
                <CheckboxField key={logo.path} name="removeLogo" label={t('removeLogo')} hint={t('removeLogoHint')} />
              ) : null}
              <Field
                name="colour"
                label={t('colour')}
                optional={t('optional')}
                hint={t('colourHint')}
                defaultValue={branding.colour ?? ''}
                autoComplete="off"
                maxLength={20}
              />
            </div>
          </Card>
          <Card title={t('words')} description={t('wordsWhat')}>
            <div className="stack">
              <Words of="support" branding={branding} hint={t('supportHint')} />
              <Words of="note" branding={branding} />
            </div>
          </Card>
          <div>
            <SubmitButton pending={t('saving')}>{t('save')}</SubmitButton>
          </div>
        </div>
        <LivePreview
          registered={registered}
          locale={locale}
          logo={logo}
          words={{
            title: t('preview'),
            what: t('previewWhat'),
            light: t('light'),
            dark: t('dark'),
            sampleTitle: t('sampleTitle'),
            sampleField: t('sampleField'),
            sampleLink: t('sampleLink'),
            sampleSupport: t('sampleSupport', { contact: '{contact}' }),
          }}
        />
      </div>
    </ActionForm>
  );
}

async function Words({ of, branding, hint }: { of: 'name' | 'support' | 'note'; branding: Branding; hint?: string }) {
  const t = await getTranslations('branding');
  return (
    <div className="stack">
      {([`${of}En`, `${of}Fr`] as const).map((name) => (
        <Field
          key={name}
          name={name}
          label={t(name)}
          optional={t('optional')}
          hint={hint}
          defaultValue={branding[name] ?? ''}
          maxLength={BRAND_LENGTHS[of]}
        />
      ))}
    </div>
  );
}
