import { describeConfig } from './config/describe.ts';
import type { Config } from './config/schema.ts';
import { maskUrl } from './config/secrets.ts';
import { toFailure } from './errors.ts';
import { timeoutSignal } from './models/ask-server.ts';
import { canChat, findInstalled, namedModels, tagOf } from './models/catalogue.ts';
import type { Installed, ModelServer } from './ports/models.ts';

export type Finding = {
  readonly ok: boolean;
  readonly text: string;
  /** What to do about it, or to know. */
  readonly hint?: string;
};

export type RedisFacts = {
  readonly version: string;
  /** Whether what was written survives a crash of Redis. */
  readonly appendOnly: boolean;
  readonly maxmemoryPolicy: string;
};

export type PlatformFacts = {
  /** Who the bot is there, as people address it. */
  readonly account: string;
  /** Whether it may read messages that are not addressed to it; undefined: that goes by the chat. */
  readonly readsContent?: boolean;
};

/** A chat platform that is on, and how to ask it. */
type PlatformCheck = {
  readonly id: 'telegram' | 'discord';
  /** As people call it. */
  readonly name: string;
  ask(): Promise<PlatformFacts>;
};

type Outside = {
  readonly server: ModelServer;
  /** Whether the data folder can be used; says so if a bot runs on it. */
  readonly checkData: () => Promise<Finding>;
  /** Left out where no Redis is configured. */
  readonly askRedis?: () => Promise<RedisFacts>;
  readonly platforms: readonly PlatformCheck[];
};

/**
 * Prints the configuration as it is understood and tests each connection. Returns whether all is well.
 */
export async function checkInstallation(
  config: Config,
  { server, checkData, askRedis, platforms }: Outside,
  print: (text: string) => void,
): Promise<boolean> {
  print(`${describeConfig(config).trimEnd()}\n\n`);
  let well = true;
  const report = (findings: readonly Finding[]) => {
    for (const { ok, text, hint } of findings) {
      print(`${ok ? '✓' : '✗'} ${text}\n${hint === undefined ? '' : `  ${hint}\n`}`);
      well &&= ok;
    }
  };
  report(await checkOllama(config, server));
  report([await checkData()]);
  if (askRedis) report(await askRedis().then(judgeRedis, failed));
  for (const platform of platforms)
    report(await platform.ask().then(judgePlatform(platform, config), failed));
  return well;
}

async function checkOllama({ llm }: Config, server: ModelServer): Promise<readonly Finding[]> {
  const seconds = llm.timeouts.status_seconds;
  const limit = timeoutSignal(seconds * 1_000);
  try {
    const version = await server.version(limit);
    const installed = await server.list(limit);
    const reached = { ok: true, text: `Ollama ${version} at ${maskUrl(llm.base_url)}: ${listOf(installed)}` };
    return [reached, ...checkModels(llm, installed)];
  } catch (error) {
    if (limit.aborted) {
      const hint = `Nothing came within ${seconds} s: restart it, or look at its log.`;
      return [{ ok: false, text: `Ollama at ${maskUrl(llm.base_url)} is silent`, hint }];
    }
    return [failedCheck(error)];
  }
}

export function failedCheck(error: unknown): Finding {
  const { message, hint } = toFailure(error);
  return { ok: false, text: message, ...(hint !== undefined && { hint }) };
}

const failed = (error: unknown): readonly Finding[] => [failedCheck(error)];

function judgeRedis({ version, appendOnly, maxmemoryPolicy }: RedisFacts): readonly Finding[] {
  return [
    { ok: true, text: `Redis ${version}` },
    appendOnly
      ? { ok: true, text: 'Redis keeps an append-only file' }
      : {
          ok: false,
          text: 'Redis keeps no append-only file: questions are lost if it crashes',
          hint: 'Start it with --appendonly yes.',
        },
    maxmemoryPolicy === 'noeviction'
      ? { ok: true, text: 'Redis never drops keys (noeviction)' }
      : {
          ok: false,
          text: `Redis may drop questions when its memory is full (${maxmemoryPolicy})`,
          hint: 'Start it with --maxmemory-policy noeviction.',
        },
  ];
}

const NO_CONTENT: Finding = {
  ok: false,
  text: 'Discord does not let it read messages that do not mention it',
  hint: 'Allow the Message Content Intent in the Developer Portal, or set discord.message_content: false.',
};

function judgePlatform({ id, name }: PlatformCheck, { access, discord }: Config) {
  return ({ account, readsContent }: PlatformFacts): readonly Finding[] => {
    const others = readsContent === false && discord.message_content ? [NO_CONTENT] : [];
    const { users, admins } = access[id];
    const places = id === 'telegram' ? access.telegram.groups : access.discord.guilds;
    const people = new Set<string | number>([...users, ...admins]).size;
    const named = [
      ...(people > 0 ? [people === 1 ? '1 person' : `${people} people`] : []),
      ...(places.length > 0 ? [placesOf(places.length, id === 'telegram' ? 'group' : 'server')] : []),
    ];
    if (named.length > 0)
      return [{ ok: true, text: `${name}: ${account}, for ${named.join(' and ')}` }, ...others];
    const text = `${name}: ${account}, for those who were let in`;
    const hint = access.pairing
      ? 'Whoever writes to it gets a code: npx ostler approve CODE lets them in.'
      : `Whoever writes to it is told their id: npx ostler approve ${id}:ID lets them in.`;
    return [{ ok: true, text, hint }, ...others];
  };
}

function placesOf(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}

function listOf(installed: readonly Installed[]): string {
  if (installed.length === 0) return 'no models';
  return `${installed.length === 1 ? '1 model' : `${installed.length} models`} (${installed.map(({ tag }) => tag).join(', ')})`;
}

/** Every model that the config names, once. */
function checkModels(llm: Config['llm'], installed: readonly Installed[]): readonly Finding[] {
  const models = namedModels(llm);
  const { default: byDefault, rules } = llm.routing;
  const named = [byDefault, ...rules.map((rule) => rule.model)].filter((name) => name != null);
  const tags = new Set([...models.map(({ tag }) => tag), ...named.map((name) => tagOf(name, models))]);
  const findings = [...tags].map((tag): Finding => {
    const aliases = models.filter((model) => model.tag === tag);
    const name = aliases.length === 0 ? tag : `${aliases.map(({ alias }) => alias).join(', ')} → ${tag}`;
    if (findInstalled(tag, installed)) return { ok: true, text: `${name}: installed` };
    const size = aliases.find(({ size_gb }) => size_gb !== undefined)?.size_gb;
    const download = size === undefined ? '' : ` (about ${size} GB)`;
    return { ok: false, text: `${name}: not installed`, hint: `ollama pull ${tag}${download}` };
  });
  if (!installed.some(canChat)) {
    findings.push({ ok: false, text: 'no installed model can chat', hint: 'ollama pull llama3.2' });
  }
  return findings;
}
