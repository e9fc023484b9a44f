import { verifyAuditCommand } from '@/bin/command/audit';
import { doctorCommand } from '@/bin/command/doctor';
import { importUsersCommand } from '@/bin/command/import-users';
import { rotateKeysCommand } from '@/bin/command/keys';
import { createOperatorCommand, resetOperatorCommand } from '@/bin/command/operators';
import type { Command } from '@/bin/command/outcome';
import {
  createTenantCommand,
  exportTenantCommand,
  resumeTenantCommand,
  setEntitlementCommand,
  suspendTenantCommand,
} from '@/bin/command/tenants';
import { endSessionsCommand, resetTwoFactorCommand, unlockCommand } from '@/bin/command/users';

/** Every command by its name, in the order of the help. */
export const COMMANDS: Record<string, Command | undefined> = {
  'create-tenant': createTenantCommand,
  'suspend-tenant': suspendTenantCommand,
  'resume-tenant': resumeTenantCommand,
  'set-entitlement': setEntitlementCommand,
  'create-operator': createOperatorCommand,
  'reset-operator': resetOperatorCommand,
  'import-users': importUsersCommand,
  'reset-two-factor': resetTwoFactorCommand,
  unlock: unlockCommand,
  'end-sessions': endSessionsCommand,
  'rotate-keys': rotateKeysCommand,
  'verify-audit': verifyAuditCommand,
  'export-tenant': exportTenantCommand,
  doctor: doctorCommand,
};
