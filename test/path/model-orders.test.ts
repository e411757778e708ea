import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { giveCommand, type Said } from '../../src/chat/command.ts';
import { findCommand } from '../../src/chat/commands.ts';
import type { PullEvent } from '../../src/path/downloads.ts';
import { NO_LIMITS } from '../fakes/no-limits.ts';
import { skippableTime } from '../fakes/skippable-time.ts';
import { simulatedOllama, type TestOstler, testOstler } from '../servers/ostler.ts';
import {
  ADA,
  asked,
  BOB,
  CODE,
  HERE,
  LARGE,
  loadElsewhere,
  loads,
  MEMORY,
  MODELS,
  open,
  ordered,
  residents,
  SMALL,
  until,
} from './stable-house.ts';

async function give({ front }: TestOstler, name: string, argument: string, person = ADA): Promise<Said> {
  const command = findCommand(name);
  if (!command) throw new Error(`there is no /${name}`);
  const by = { address: HERE, person, kind: 'direct', role: 'user', isAdmin: async () => false } as const;
  return giveCommand(command, { front, ...by, id: 'call-1', argument });
}

/** What is said in the end. */
async function end(said: Said): Promise<string> {
  let { markdown } = said;
  for await (const next of said.more ?? []) markdown = next.markdown;
  return markdown;
}

describe('/model', () => {
  it('chooses, and loads what is chosen', async () => {
    const { ollama, ostler } = await open();
    await ostler.ask('hello');
    const words = await end(await give(ostler, 'model', 'code'));
    expect(words).toContain(`From now on this chat uses \`code\` (\`${CODE}\`).`);
    expect(words).toContain(`\`${CODE}\` is loaded`);
    expect([residents(ollama), await ostler.front.chosen(HERE)]).toEqual([[CODE], 'code']);
  });

  it('loads also where nobody listens to what becomes of it', async () => {
    const { ollama, ostler } = await open();
    await give(ostler, 'model', SMALL);
    await until(ollama, SMALL);
  });

  it('keeps the choice of whoever cancels the load', async () => {
    const { ollama, ostler } = await open();
    const hold = ollama.hold({ at: 'load', model: CODE });
    const said = await give(ostler, 'model', 'code');
    await hold.reached;
    await give(ostler, 'stop', 'loads');
    expect(await end(said)).toContain(`The load of \`${CODE}\` was stopped.`);
    expect(await ostler.front.chosen(HERE)).toBe('code');
  });
});

describe('where one switch a minute is allowed', () => {
  const limits = { ...NO_LIMITS, per_person: { ...NO_LIMITS.per_person, switches_per_minute: 1 } };

  async function limited() {
    const ollama = await simulatedOllama();
    const llm = { models: MODELS, routing: { default: LARGE }, memory: MEMORY };
    const ostler = await testOstler(ollama, { llm, limits });
    while (!ostler.front.status().ollama.reachable) await new Promise((resolve) => setImmediate(resolve));
    return ostler;
  }

  it('to choose a model and to load it then is one', async () => {
    const ostler = await limited();
    expect(await end(await give(ostler, 'model', 'code'))).toContain('is loaded');
    await expect(ostler.front.load(HERE, CODE, ADA)).rejects.toMatchObject({ code: 'limited' });
    await expect(ostler.front.choose(HERE, null, ADA)).rejects.toMatchObject({ code: 'limited' });
  });

  it.each([
    ['a load after a load', 'load', 'load'],
    ['a choice after a load', 'load', 'choose'],
    ['a choice after a choice', 'choose', 'choose'],
  ] as const)('%s is refused', async (_, first, second) => {
    const { front } = await limited();
    await front[first](HERE, SMALL, ADA);
    await expect(front[second](HERE, CODE, ADA)).rejects.toMatchObject({ code: 'limited' });
    await front[second](HERE, CODE, BOB);
  });

  it('a load of another model than the chosen one is refused', async () => {
    const { front } = await limited();
    await front.choose(HERE, SMALL, ADA);
    await expect(front.load(HERE, CODE, ADA)).rejects.toMatchObject({ code: 'limited' });
  });
});

describe('where models are not unloaded unasked (auto_unload: false)', () => {
  const memory = { ...MEMORY, auto_unload: false };

  it('whoever orders a load is asked, and so is whoever chooses', async () => {
    const { ollama, ostler } = await open({ memory });
    await ostler.ask('hello');
    for (const name of ['load', 'model']) {
      const said = await give(ostler, name, 'code');
      expect(said.markdown).toContain(`will unload ${LARGE}`);
      expect(said.offer?.choices.map(({ label }) => label)).toEqual(['Switch', 'Cancel']);
    }
    expect([loads(ollama), await ostler.front.chosen(HERE)]).toEqual([[LARGE], 'code']);
    await end(await give(ostler, 'load', 'code now'));
    expect(residents(ollama)).toEqual([CODE]);
  });

  it('nobody is asked about what another program has stopped, whenever that was seen last', async () => {
    const { ollama, ostler } = await open({ memory });
    await ostler.ask('hello');
    const time = skippableTime();
    await loadElsewhere(ollama, LARGE, { keep_alive: 0 });
    await until(ollama);
    time.skip(2_000);
    expect(await end(await give(ostler, 'load', 'code'))).toContain('is loaded');
  });

  it('whose question would push a model out is asked', async () => {
    const { ollama, ostler } = await open({ memory });
    await ostler.ask('hello');
    const followed = ostler.follow();
    const { job } = await ostler.send('some code', { model: CODE, person: ADA });
    const asks = await asked(followed);
    expect([asks.unloads, residents(ollama)]).toEqual([[LARGE], [LARGE]]);
    await ostler.front.stop(HERE, { job });
  });
});

it('the audit log says how what was ordered ended', async () => {
  const { ollama, ostler } = await open({ max_retries: 0 });
  const { front, config } = ostler;
  await (await ordered(ostler, SMALL)).end;
  const hold = ollama.hold({ at: 'load', model: CODE });
  const stopped = await ordered(ostler, CODE);
  await hold.reached;
  front.cancelLoads(HERE, ADA);
  await stopped.end;
  hold.release();
  for await (const _ of front.pull(HERE, 'nobody-has-it:1b', ADA));
  ollama.inject({ type: 'load-fails', model: LARGE, how: 'killed' });
  // Whoever leaves changes nothing.
  await front.load(HERE, LARGE, BOB);
  while (front.orders().length > 0) await new Promise((resolve) => setImmediate(resolve));
  await ostler.close();
  const text = await readFile(join(config.data_dir, 'audit.jsonl'), 'utf8');
  const notes = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(notes).toMatchObject([
    { what: 'load-end', on: SMALL, person: 'ada', outcome: 'done' },
    { what: 'load-end', on: CODE, person: 'ada', outcome: 'cancelled' },
    { what: 'pull-end', on: 'nobody-has-it:1b', person: 'ada', outcome: expect.any(String) },
    { what: 'load-end', on: LARGE, person: 'bob', outcome: 'load_failed' },
  ]);
});

it('a download that goes on when Ostler stops ends with that', async () => {
  const { ostler } = await open({}, { catalogue: [{ tag: 'llava:7b', sizeGb: 4_000 }], speed: 1 });
  let last: PullEvent | undefined;
  for await (last of ostler.front.pull(HERE, 'llava:7b', ADA)) {
    const isUnderWay = last.type === 'progress' && last.progress.totalBytes !== undefined;
    if (isUnderWay) void ostler.close();
  }
  expect(last).toMatchObject({ type: 'failed', failure: { code: 'stopping' } });
});

describe('a model that the GPU does not hold', () => {
  async function spilled() {
    const opened = await open({ memory: { vram_gb: 10 } }, { vramGib: 10 });
    const noticeOf = async () => {
      const outcome = await opened.ostler.ask('hello');
      return outcome.kind === 'answer' ? outcome.answer.provenance.slow : outcome;
    };
    return { ...opened, noticeOf };
  }
  const SLOW = new RegExp(
    `^${LARGE} is slow: \\d\\d\u00a0% on the CPU\\. Of [\\d.]+ GB the GPU holds [\\d.]+ GB\\. A smaller num_ctx, `,
  );

  it('is why an answer was slow: told with the first answer after each load', async () => {
    const { ollama, ostler, noticeOf } = await spilled();
    expect(await noticeOf()).toMatch(SLOW);
    expect(await noticeOf()).toBeUndefined();
    ostler.front.unload(LARGE);
    await until(ollama);
    expect(await noticeOf()).toMatch(SLOW);
  });

  it('is told of in the list of models, with what to do', async () => {
    const { ostler, noticeOf } = await spilled();
    const notice = await noticeOf();
    const { markdown } = await give(ostler, 'models', '');
    expect(markdown.replaceAll('\\', '')).toContain(`⚠️ ${notice}`);
  });
});
