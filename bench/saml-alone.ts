import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';

/** The floor under every SAML sign-in: its signature verified, with nothing around it. */

type Question = { xml: string; certificate: string; seconds: number };

process.on('disconnect', () => process.exit(0));
process.on('message', (question: Question) => process.send?.(verifyFor(question)));

/** Returns how many verifications it made in so many seconds. */
function verifyFor({ xml, certificate, seconds }: Question) {
  const started = performance.now();
  let made = 0;
  for (; performance.now() < started + seconds * 1000; made++) verify(xml, certificate);
  return { made, seconds: (performance.now() - started) / 1000 };
}

function verify(xml: string, certificate: string) {
  const document = new DOMParser().parseFromString(xml, 'text/xml');
  const [signature] = Array.from(document.getElementsByTagName('ds:Signature'));
  const verifier = new SignedXml({ publicCert: certificate });
  verifier.loadSignature(signature as never);
  if (!verifier.checkSignature(xml)) throw new Error('the signature is not good');
}
