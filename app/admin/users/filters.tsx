import { Icon } from '@/components/ui/icon';
import { LinkButton } from '@/components/ui/link-button';
import { SearchBox } from '@/components/ui/search-box';
import { getTranslations } from '@/lib/request/translations';
import { FILTERS, type Filter } from '@/lib/users/filters';
import { SORTS, type Sort } from '@/lib/users/list';

const NAMES = ['role', 'status', 'factor', 'email'] as const;

/* Search and filters are one form, so that a search keeps the filters. */
export async function Filters({ filter, sort }: { filter: Filter; sort: Sort }) {
  const t = await getTranslations('users');
  const narrowed = Object.values(filter).some(Boolean);
  return (
    <SearchBox action="/admin/users" label={t('search')} submit={t('searchButton')} value={filter.q}>
      {narrowed ? <LinkButton href="/admin/users">{t('clear')}</LinkButton> : null}
      <div className="grid w-full grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-5">
        {NAMES.map((name) => (
          <Choice
            key={name}
            name={name}
            label={t(`filter.${name}`)}
            value={filter[name] ?? ''}
            options={[
              { value: '', label: t('any') },
              ...FILTERS[name].map((value) => ({ value, label: t(`option.${value}`) })),
            ]}
          />
        ))}
        <Choice
          wide
          name="sort"
          label={t('sort')}
          value={sort}
          options={SORTS.map((value) => ({ value, label: t(`sortBy.${value}`) }))}
        />
      </div>
    </SearchBox>
  );
}

type ChoiceProps = {
  wide?: boolean;
  name: string;
  label: string;
  value: string;
  options: { value: string; label: string }[];
};

function Choice({ wide, name, label, value, options }: ChoiceProps) {
  const id = `users-${name}`;
  return (
    <div className={`min-w-0${wide ? ' max-sm:col-span-2' : ''}`}>
      <label className="text-sm font-medium" htmlFor={id}>
        {label}
      </label>
      <div className="select">
        <select key={value} id={id} name={name} defaultValue={value} className="input input-select">
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <Icon name="chevron" />
      </div>
    </div>
  );
}
