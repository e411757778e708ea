/** A JSON object of the API: https://docs.discord.com/developers/reference */
export type Json = Readonly<Record<string, unknown>>;

export type WireUser = {
  readonly id: string;
  readonly username: string;
  readonly global_name: string | null;
  readonly discriminator: '0';
  readonly avatar: null;
  readonly bot?: true;
};

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectsIn(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

export function makeUser(id: string, name: string, isBot = false): WireUser {
  const username = name.toLowerCase().replaceAll(/[^a-z0-9_.]/g, '_');
  return {
    id,
    username,
    global_name: name,
    discriminator: '0',
    avatar: null,
    ...(isBot && { bot: true as const }),
  };
}
