/** Leads to the first field that is wrong, or else to what is said of the form. */
export function showTrouble(form: HTMLFormElement) {
  const field = form.querySelector<HTMLElement>('[aria-invalid="true"], [name="proof"]');
  if (field) field.focus();
  else showMessage(form);
}

export function showMessage(form: HTMLElement) {
  form.querySelector<HTMLElement>('[data-form-message]')?.focus();
}
