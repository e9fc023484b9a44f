export function Mark({ name }: { name: string }) {
  return (
    <span className="mark" aria-hidden="true">
      {Array.from(name.trim())[0]?.toUpperCase()}
    </span>
  );
}
