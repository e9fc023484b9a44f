import type { Tab } from './types';

export function SectionNav({ label, items }: { label: string; items: Tab[] }) {
  return (
    <nav aria-label={label} className="sections">
      {items.map((item) => (
        <a key={item.href} className="tab" href={item.href} aria-current={item.current ? 'page' : undefined}>
          {item.label}
        </a>
      ))}
    </nav>
  );
}
