/** https://docs.discord.com/developers/events/gateway#list-of-intents */
export const INTENTS = {
  guilds: 1 << 0,
  guildMembers: 1 << 1,
  presences: 1 << 8,
  guildMessages: 1 << 9,
  guildReactions: 1 << 10,
  guildTyping: 1 << 11,
  directMessages: 1 << 12,
  directReactions: 1 << 13,
  directTyping: 1 << 14,
  messageContent: 1 << 15,
} as const;

/** The intents that must be switched on in the developer portal. */
const PRIVILEGED = {
  members: INTENTS.guildMembers,
  presences: INTENTS.presences,
  content: INTENTS.messageContent,
} as const;

export type Privileged = keyof typeof PRIVILEGED;

const LARGEST = (1 << 26) - 1;

/** The code that the gateway closes with because of them: 4013 or 4014. */
export function refusedIntents(intents: unknown, switchedOn: readonly Privileged[]): number | undefined {
  if (!Number.isSafeInteger(intents) || Number(intents) < 0 || Number(intents) > LARGEST) return 4013;
  const names = Object.keys(PRIVILEGED) as readonly Privileged[];
  const missing = names.some(
    (name) => (Number(intents) & PRIVILEGED[name]) !== 0 && !switchedOn.includes(name),
  );
  return missing ? 4014 : undefined;
}

const FLAGS: Readonly<Record<Privileged, number>> = {
  presences: 1 << 13,
  members: 1 << 15,
  content: 1 << 19,
};

/** https://docs.discord.com/developers/resources/application#application-object-application-flags */
export function applicationFlags(switchedOn: readonly Privileged[]): number {
  return switchedOn.reduce((flags, name) => flags | FLAGS[name], 0);
}
