/**
 * The shades that a brand's colour is drawn in: words and lines, areas under white words, and the
 * same pressed; by theme.
 */
export type Shades = Record<'primary' | 'fill' | 'strong', { light: string; dark: string }>;

/** WCAG 2.2 AA for words. A little more, because shades are rounded to eight bits. */
const AA = 4.6;

/**
 * The lightest and the darkest ground that words in the brand's colour stand on, in each theme:
 * `--sunken` in globals.css.
 */
const GROUND = { light: [0.953, 0.006, 255], dark: [0.28, 0.045, 260] } as const;
const WHITE: Rgb = [1, 1, 1];

/**
 * Returns shades of a colour (`#rrggbb`) that meet WCAG AA wherever they are used. The hue stays;
 * the lightness changes no more than it must. Pure; the branding page computes the same as the
 * server.
 */
export function shadesOf(colour: string): Shades {
  const [l, c, h] = oklchOf(rgbOf(colour));
  const shade = (ground: Rgb, from: number, step: number, chroma = c) => {
    let lightness = from;
    let rgb = inGamut(lightness, chroma, h);
    while (contrast(rgb, ground) < AA && lightness > 0 && lightness < 1) {
      lightness = Math.min(1, Math.max(0, lightness + step));
      rgb = inGamut(lightness, chroma, h);
    }
    return { hex: hexOf(rgb), lightness };
  };
  const light = shade(inGamut(...GROUND.light), Math.min(l, 0.56), -0.005);
  // Light words on a dark ground glow: a little less colour reads better.
  const dark = shade(inGamut(...GROUND.dark), Math.max(l, 0.72), 0.005, Math.min(c, 0.14));
  const fill = shade(WHITE, l, -0.005);
  const darkFill = shade(WHITE, Math.max(fill.lightness, 0.4), -0.005);
  return {
    primary: { light: light.hex, dark: dark.hex },
    fill: { light: fill.hex, dark: darkFill.hex },
    strong: {
      light: hexOf(inGamut(Math.max(0, fill.lightness - 0.06), c, h)),
      dark: hexOf(inGamut(Math.max(0, darkFill.lightness - 0.06), c, h)),
    },
  };
}

/** Linear light, 0 to 1. */
type Rgb = [number, number, number];

function contrast(one: Rgb, other: Rgb) {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance([r, g, b]: Rgb) {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function rgbOf(hex: string): Rgb {
  const part = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

function hexOf(rgb: Rgb) {
  const part = (value: number) => {
    const shown = value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
    return Math.round(Math.min(1, Math.max(0, shown)) * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${rgb.map(part).join('')}`;
}

/** Björn Ottosson's Oklab, as CSS Color 4 has it. */
function oklchOf([r, g, b]: Rgb): [number, number, number] {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const lightness = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const bb = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return [lightness, Math.hypot(a, bb), (Math.atan2(bb, a) * 180) / Math.PI];
}

function rgbOfOklch(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** With as much of the chroma as a screen can show at this lightness. */
function inGamut(lightness: number, chroma: number, hue: number): Rgb {
  const fits = (rgb: Rgb) => rgb.every((value) => value >= -0.0005 && value <= 1.0005);
  let [low, high] = [0, chroma];
  if (fits(rgbOfOklch(lightness, chroma, hue))) low = chroma;
  for (let step = 0; step < 12 && low !== chroma; step++) {
    const middle = (low + high) / 2;
    if (fits(rgbOfOklch(lightness, middle, hue))) low = middle;
    else high = middle;
  }
  return rgbOfOklch(lightness, low, hue).map((value) => Math.min(1, Math.max(0, value))) as Rgb;
}
