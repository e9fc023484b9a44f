/** The plain text of a mail as a client shows it: every address is a link. */
export function LinkedText({ text }: { text: string }) {
  let offset = 0;
  return (
    <pre className="whitespace-pre-wrap break-words font-sans text-base" data-mail-text>
      {text.split(/(https?:\/\/\S+)/).map((part) => {
        offset += part.length;
        return /^https?:/.test(part) ? <Address key={offset} url={part} /> : part;
      })}
    </pre>
  );
}

function Address({ url }: { url: string }) {
  return (
    <a className="link break-all" href={url}>
      {url}
    </a>
  );
}
