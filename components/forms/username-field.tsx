/* Password managers look here for whose password it is. */
export function UsernameField({ username }: { username: string }) {
  return (
    <input
      className="hidden"
      type="text"
      autoComplete="username"
      defaultValue={username}
      tabIndex={-1}
      readOnly
      aria-hidden="true"
    />
  );
}
