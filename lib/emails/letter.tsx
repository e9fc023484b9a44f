import { Body } from '@react-email/body';
import { Button } from '@react-email/button';
import { Container } from '@react-email/container';
import { Head } from '@react-email/head';
import { Heading } from '@react-email/heading';
import { Hr } from '@react-email/hr';
import { Html } from '@react-email/html';
import { Link } from '@react-email/link';
import { Preview } from '@react-email/preview';
import { render } from '@react-email/render';
import { Section } from '@react-email/section';
import { Text } from '@react-email/text';
import { darkWith, look } from './letter-style';
import type { Wording } from './wording';

/** Renders an email: 600 px, light and dark, one button with the plain link under it. */
export function drawLetter(wording: Wording): Promise<string> {
  return render(<Letter {...wording} />);
}

function Letter(wording: Wording) {
  const { lang, subject, tenantName, logo, shades, greeting, paragraphs, secret, action, closing, support, footer } =
    wording;
  return (
    <Html lang={lang}>
      <Head>
        <title>{subject}</title>
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <style>{darkWith(shades)}</style>
      </Head>
      <Preview>{paragraphs[0] ?? subject}</Preview>
      <Body className="page" style={look.page}>
        <Container className="card" style={look.card}>
          {logo && <img {...logoProps(logo)} alt="" style={look.logo} />}
          <Text className="muted" style={look.tenant}>
            {tenantName}
          </Text>
          <Heading as="h1" className="text" style={look.heading}>
            {subject}
          </Heading>
          {[greeting, ...paragraphs].map((paragraph) => (
            <Text key={paragraph} className="text" style={look.text}>
              {paragraph}
            </Text>
          ))}
          {secret && (
            <Text className="secret" style={look.secret}>
              {secret}
            </Text>
          )}
          {action && <Action {...action} shades={shades} />}
          <Text className="text" style={look.text}>
            {closing}
          </Text>
          {support && (
            <Text className="text" style={look.text}>
              {support}
            </Text>
          )}
          <Hr className="line" style={look.line} />
          <Text className="muted" style={look.footer}>
            {footer}
          </Text>
        </Container>
      </Body>
    </Html>
  );
}

function logoProps({ url, width, height }: NonNullable<Wording['logo']>) {
  return { src: url, width, height };
}

function Action({ label, url, plainLinkIntro, shades }: NonNullable<Wording['action']> & Pick<Wording, 'shades'>) {
  return (
    <Section style={look.action}>
      <Button
        href={url}
        className="button"
        style={{ ...look.button, ...(shades && { backgroundColor: shades.fill.light }) }}
      >
        {label}
      </Button>
      <Text className="muted" style={look.small}>
        {plainLinkIntro}
        <br />
        <Link href={url} className="link" style={{ ...look.link, ...(shades && { color: shades.primary.light }) }}>
          {url}
        </Link>
      </Text>
    </Section>
  );
}
