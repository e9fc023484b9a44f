import { DOMParser } from '@xmldom/xmldom';

export const NS = {
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  encryption: 'http://www.w3.org/2001/04/xmlenc#',
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
} as const;

type XmlNamespace = keyof typeof NS;

/** Returns the root of a screened document, or undefined if the parser reports anything. */
export function parseXml(text: string): Element | undefined {
  let complaints = 0;
  const complain = () => {
    complaints += 1;
  };
  try {
    const parser = new DOMParser({ errorHandler: { warning: complain, error: complain, fatalError: complain } });
    const root = parser.parseFromString(text, 'text/xml').documentElement;
    return complaints === 0 && root && allElements(root).every(isNamedOnce) ? root : undefined;
  } catch {
    return undefined;
  }
}

/** Refuses unbound prefixes and duplicate attributes, which the parser accepts. */
function isNamedOnce(element: Element) {
  const names = Array.from(element.attributes, ({ namespaceURI, localName, name }) =>
    name === 'xmlns' ? name : `${namespaceURI ?? ''} ${localName}`,
  );
  const isBound = ({ nodeName, namespaceURI }: { nodeName: string; namespaceURI: string | null }) =>
    !nodeName.includes(':') || nodeName.startsWith('xml') || Boolean(namespaceURI);
  return new Set(names).size === names.length && isBound(element) && Array.from(element.attributes).every(isBound);
}

/** Returns the child elements of a name in a namespace. */
export function children(parent: Element, namespace: XmlNamespace, name: string) {
  return elementsIn(parent).filter((element) => isElement(element, namespace, name));
}

/** Returns the only child of a name; undefined if there are none or several. */
export function onlyChild(parent: Element | undefined, namespace: XmlNamespace, name: string) {
  const found = parent ? children(parent, namespace, name) : [];
  return found.length === 1 ? found[0] : undefined;
}

export function elementsIn(parent: Element): Element[] {
  const found: Element[] = [];
  for (let node = parent.firstChild; node; node = node.nextSibling)
    if (node.nodeType === 1) found.push(node as Element);
  return found;
}

/** Returns an element and its descendants, in document order. */
export function allElements(root: Element): Element[] {
  const found: Element[] = [];
  const waiting = [root];
  for (let element = waiting.pop(); element; element = waiting.pop()) {
    found.push(element);
    waiting.push(...elementsIn(element).reverse());
  }
  return found;
}

export function isElement(element: Element, namespace: XmlNamespace, name: string) {
  return element.localName === name && element.namespaceURI === NS[namespace];
}

/** Returns an attribute without a prefix, or undefined if it is missing. */
export function attribute(element: Element | undefined, name: string) {
  return element?.hasAttribute(name) ? (element.getAttribute(name) ?? undefined) : undefined;
}

/** Returns the trimmed text of an element; empty for none. */
export function textOf(element: Element | undefined) {
  return element?.textContent?.trim() ?? '';
}
