import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/chat/message.ts';
import { simulatedOllama, temporaryFolder, testOstler } from '../servers/ostler.ts';

const HOME = { platform: 'web', chat: 'one' };
const OTHER = 'llama3:8b-instruct-q4_K_M';
const llm = { routing: { default: 'qwen2.5:7b' } };

type Asked = { readonly messages?: readonly { readonly content: string }[] };

async function openHouse() {
  const ollama = await simulatedOllama({ answer: () => 'Yes.' });
  const data_dir = await temporaryFolder();
  const open = () => testOstler(ollama, { llm, data_dir });
  /** The turns of each question that reached Ollama. */
  const asked = () =>
    ollama
      .requests()
      .flatMap(({ path, body }) => (path === '/api/chat' ? [(body as Asked).messages ?? []] : []))
      .filter((turns) => turns.length > 0)
      .map((turns) => turns.map(({ content }) => content));
  return { ollama, open, asked };
}

describe('a chat that is forgotten', () => {
  it('leaves nothing to the models, to followers and to those who look back', async () => {
    const { open, asked } = await openHouse();
    const ostler = await open();
    await ostler.ask('My name is Ada');
    const followed = ostler.follow();
    await ostler.front.forget(HOME, 'a');
    await followed.until((event) =>
      event.type === 'entry' && event.entry.kind === 'new' ? event.id : undefined,
    );
    expect(await ostler.front.last(HOME)).toBeUndefined();
    await ostler.ask('Who am I?');
    expect(asked().at(-1)).toEqual(['Who am I?']);
    const later = ostler.follow();
    await later.until((event) => event.type === 'live' || undefined);
    expect(later.events.map((event) => (event.type === 'entry' ? event.entry.kind : event.type))).toEqual([
      'new',
      'exchange',
      'live',
    ]);
  });

  it('is forgotten once for each command', async () => {
    const { open } = await openHouse();
    const ostler = await open();
    await ostler.front.forget(HOME, 'a');
    await ostler.ask('one');
    await ostler.front.forget(HOME, 'a');
    expect(await ostler.front.last(HOME)).toMatchObject({ question: { text: 'one' } });
    await ostler.front.forget(HOME, 'b');
    expect(await ostler.front.last(HOME)).toBeUndefined();
  });

  it('keeps neither what ran nor what waited', async () => {
    const { ollama, open, asked } = await openHouse();
    const ostler = await open();
    const generation = ollama.hold({ at: 'generation' });
    await ostler.send('runs');
    await generation.reached;
    await ostler.send('waits');
    await ostler.send('waits, too');
    await ostler.front.forget(HOME);
    expect(ostler.front.jobs(HOME)).toEqual([]);
    expect(await ostler.front.last(HOME)).toBeUndefined();
    await ostler.ask('later');
    expect(asked().at(-1)).toEqual(['later']);
    expect(asked()).toHaveLength(2);
  });

  it('does not answer again what comes again, nor the pieces of a question, also after a restart', async () => {
    const { open, asked } = await openHouse();
    const first = await open();
    const gather = { key: 'paste', until: Date.now() + 60_000 };
    const piece = (id: string): Partial<Message> => ({ id, gather });
    const whole = first.follow();
    const { job } = await first.send('begins', piece('p1'));
    await first.send('ends', { id: 'p2', gather: { ...gather, until: Date.now() } });
    await whole.outcome(job);
    await first.ask('alone', { id: 'm' });
    const before = asked();
    expect(before).toEqual([['begins\nends'], ['begins\nends', 'Yes.', 'alone']]);
    await first.front.forget(HOME, 'a');
    for (const ostler of [first, 'restarted'] as const) {
      const now = ostler === 'restarted' ? await first.close().then(open) : ostler;
      expect(await now.send('begins', piece('p1'))).toMatchObject({ kind: 'duplicate' });
      expect(await now.send('ends', piece('p2'))).toMatchObject({ kind: 'duplicate' });
      expect(await now.send('alone', { id: 'm' })).toMatchObject({ kind: 'duplicate' });
    }
    expect(asked()).toEqual(before);
  });
});

describe('what is asked again', () => {
  it('of a model that is not installed is refused, of another one is answered by it', async () => {
    const { open } = await openHouse();
    const ostler = await open();
    await ostler.ask('one');
    const last = await ostler.front.last(HOME);
    const job = last?.job ?? '';
    await expect(ostler.front.again(HOME, job, 'again', 'gone:1b')).rejects.toMatchObject({
      code: 'not_installed',
    });
    await expect(ostler.front.again(HOME, 'nobody', 'again')).rejects.toMatchObject({ code: 'bad_input' });
    const receipt = await ostler.front.again(HOME, job, 'again', OTHER);
    expect(receipt.kind).toBe('taken');
    expect(await ostler.front.again(HOME, job, 'again', OTHER)).toEqual({
      ...receipt,
      kind: 'duplicate',
    });
  });
});

describe('who would answer', () => {
  it('is not known while Ollama was never seen', async () => {
    const { ollama, open } = await openHouse();
    await ollama.goAway();
    const ostler = await open();
    await expect(ostler.front.wouldRoute(HOME, 'Hello')).rejects.toMatchObject({ code: 'unreachable' });
  });
});
