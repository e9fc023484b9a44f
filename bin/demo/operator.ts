/** Who runs the demonstration. */
export const DEMO_OPERATOR = {
  username: 'olive',
  firstName: 'Olive',
  lastName: 'Bergeron',
  password: 'granite orchard 905',
  note: 'operator; sets up a second factor at the first sign-in',
};
