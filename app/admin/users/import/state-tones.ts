export const STATE_TONES = {
  uploaded: 'neutral',
  planned: 'info',
  applying: 'info',
  applied: 'success',
  failed: 'danger',
} as const;
