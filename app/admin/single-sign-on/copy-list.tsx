import { CopyButton } from '@/components/ui/copy-button';
import { DefinitionList } from '@/components/ui/definition-list';
import { getTranslations } from '@/lib/request/translations';

/** Lists values to copy to the provider's administration page. */
export async function CopyList({ items }: { items: { term: string; value: string }[] }) {
  const t = await getTranslations('forms');
  return (
    <DefinitionList
      items={items.map(({ term, value }) => ({
        term,
        value: (
          <span className="flex flex-wrap items-start justify-between gap-2 sm:flex-nowrap">
            <code className="min-w-0 font-mono text-sm break-all select-all">{value}</code>
            <span className="shrink-0">
              <CopyButton text={value} label={t('copy')} copied={t('copied')} what={term} />
            </span>
          </span>
        ),
      }))}
    />
  );
}
