'use client';

import { useEffect, useRef, useState } from 'react';
import { buttonClass } from '@/components/ui/tone';
import { type Branding, brandFor, NO_BRANDING } from '@/lib/branding/brand';
import { colourStyle } from '@/lib/branding/style';

type Words = Record<
  'title' | 'what' | 'light' | 'dark' | 'sampleTitle' | 'sampleField' | 'sampleLink' | 'sampleSupport',
  string
>;
type Props = { registered: string; locale: 'en' | 'fr'; logo: { path: string } | null; words: Words };
type Typed = Pick<Branding, 'nameEn' | 'nameFr' | 'supportEn' | 'supportFr' | 'noteEn' | 'noteFr' | 'colour'>;

/** Previews the sign-in page in both themes, from the form around it. */
export function LivePreview({ registered, locale, logo, words }: Props) {
  const place = useRef<HTMLElement>(null);
  const [typed, setTyped] = useState<Typed>(NO_BRANDING);
  const [picture, setPicture] = useState<string | null>(logo?.path ?? null);

  useEffect(() => {
    const form = place.current?.closest('form');
    if (!form) return;
    const look = () => {
      const data = new FormData(form);
      const text = (name: string) => String(data.get(name) ?? '').trim() || null;
      setTyped({
        nameEn: text('nameEn'),
        nameFr: text('nameFr'),
        supportEn: text('supportEn'),
        supportFr: text('supportFr'),
        noteEn: text('noteEn'),
        noteFr: text('noteFr'),
        colour: text('colour')?.toLowerCase() ?? null,
      });
      const file = data.get('logo');
      if (file instanceof File && file.size > 0) readAsUrl(file, setPicture);
      else setPicture(data.get('removeLogo') ? null : (logo?.path ?? null));
    };
    look();
    form.addEventListener('input', look);
    return () => form.removeEventListener('input', look);
  }, [logo]);

  const brand = brandFor({ ...NO_BRANDING, ...typed }, locale);
  useShades(place, typed.colour);
  return (
    <section ref={place} className="brand-preview only-js stack" aria-labelledby="preview">
      <div>
        <h2 id="preview">{words.title}</h2>
        <p className="muted mt-1">{words.what}</p>
      </div>
      {(['light', 'dark'] as const).map((theme) => (
        <figure key={theme} className={`brand-sample brand-${theme}`}>
          <figcaption className="muted text-sm">{words[theme]}</figcaption>
          <div className="door-card stack">
            <div className="door-tenant">
              {picture ? (
                <img className="brand-logo" src={picture} alt="" />
              ) : (
                <span className="brand-letter" aria-hidden="true">
                  {Array.from(brand?.name ?? registered)[0]?.toUpperCase()}
                </span>
              )}
              <p>{brand?.name ?? registered}</p>
            </div>
            <p className="text-lg font-semibold">{words.sampleTitle}</p>
            <div>
              <p className="text-sm font-medium">{words.sampleField}</p>
              <div className="input" />
            </div>
            <p className="link text-sm">{words.sampleLink}</p>
            <p className={buttonClass({ tone: 'primary', full: true })}>{words.sampleTitle}</p>
          </div>
          {brand?.note ? <p className="text-sm">{brand.note}</p> : null}
          {brand?.support ? (
            <p className="muted text-sm">{words.sampleSupport.replace('{contact}', brand.support)}</p>
          ) : null}
        </figure>
      ))}
    </section>
  );
}

/** Sets the shades on the preview from script, because the CSP refuses style attributes. */
function useShades(place: React.RefObject<HTMLElement | null>, colour: string | null) {
  useEffect(() => {
    const rules = colourStyle(colour, '');
    const samples = place.current?.querySelectorAll<HTMLElement>('.brand-sample') ?? [];
    for (const name of ['--primary', '--primary-fill', '--primary-fill-strong']) {
      const value = new RegExp(`${name}:(light-dark\\([^)]*\\))`).exec(rules)?.[1];
      for (const { style } of samples) {
        if (value) style.setProperty(name, value);
        else style.removeProperty(name);
      }
    }
  }, [place, colour]);
}

function readAsUrl(file: File, use: (url: string) => void) {
  if (!/^image\/(png|jpeg|webp)$/.test(file.type)) return;
  const reader = new FileReader();
  reader.addEventListener('load', () => use(String(reader.result)));
  reader.readAsDataURL(file);
}
