import { verifyAuditCommand } from '@/bin/command/audit';
import { doctorCommand } from '@/bin/command/doctor';
import { rotateKeysCommand } from '@/bin/command/keys';
import type { Command } from '@/bin/command/outcome';
import { endSessionsCommand, resetTwoFactorCommand, unlockCommand } from '@/bin/command/people';

/** Every command by its name, in the order of the help. */
export const COMMANDS: Record<string, Command | undefined> = {
  'reset-two-factor': resetTwoFactorCommand,
  unlock: unlockCommand,
  'end-sessions': endSessionsCommand,
  'rotate-keys': rotateKeysCommand,
  'verify-audit': verifyAuditCommand,
  doctor: doctorCommand,
};
