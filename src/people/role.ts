/** What somebody is to the bot: the owner names admins, owner and admins decide who else may use it. */
export const ROLES = ['owner', 'admin', 'user'] as const;
export type Role = (typeof ROLES)[number];

/**
 * What somebody is in one place. `stranger`: nobody knows them, and in a direct chat they may ask to be let in.
 * `outside`: the place is not served, or not for them.
 */
export type Standing = Role | 'blocked' | 'stranger' | 'outside';

export function isServed(standing: Standing): standing is Role {
  return standing === 'owner' || standing === 'admin' || standing === 'user';
}

/** Whether somebody decides for all who use the bot. */
export function isBotAdmin(role: Role): boolean {
  return role !== 'user';
}
