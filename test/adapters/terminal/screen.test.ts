import { describe, expect, it } from 'vitest';
import { jsonScreen } from '../../../adapters/terminal/json-screen.ts';
import { textScreen } from '../../../adapters/terminal/screen.ts';
import { answerOf, fakeStream, WIDTH } from './fakes.ts';

const LOADING = 'Loading qwen2.5:7b (3 s so far)';
const EVIL = 'a\u001b]0;title\u0007\u001b[2J\u009b31m\r\bb\tc\nd';
const HARMLESS = 'a]0;title[2J31mb\tc\nd';
/** Our own way of giving a line back. */
const CLEAR = '\r\u001b[K';

function open({ out = false, err = false } = {}) {
  const [stdout, stderr] = [fakeStream(out), fakeStream(err)];
  return { stdout, stderr, screen: textScreen(stdout, stderr) };
}

describe('the answer', () => {
  it('is on stdout and nothing else is', () => {
    const { screen, stdout, stderr } = open();
    screen.begin();
    screen.progress(LOADING);
    screen.thinking();
    screen.text('Hello ');
    screen.text('there.');
    screen.answer(answerOf('Hello there.'), false);
    expect(stdout.written()).toBe('Hello there.\n');
    expect(stderr.written()).toBe('— 🏠 qwen2.5:7b · rule “fast” · 1.3\u00a0s · 4.0\u00a0tok/s\n');
  });

  it('that was not streamed, or only in part, is printed whole', () => {
    for (const streamed of [[], ['Hello']]) {
      const { screen, stdout } = open();
      for (const text of streamed) screen.text(text);
      screen.answer(answerOf('Hello there.\n'), false);
      expect(stdout.written()).toBe('Hello there.\n');
    }
  });

  it('that begins anew, or is another than what was shown, is announced as such', () => {
    for (const restarts of [true, false]) {
      const { screen, stdout, stderr } = open();
      screen.text('Hel');
      if (restarts) screen.restart();
      screen.answer(answerOf('Good day.'), false);
      expect(stdout.written()).toBe('HelGood day.\n');
      expect(stderr.written()).toContain('begins anew');
    }
  });

  it('of a simulated model, or of another than was asked for, says so', () => {
    const { screen, stderr } = open();
    const provenance = { model: 'b', by: 'default', reason: 'r', notice: 'a is not installed.' } as const;
    screen.answer(answerOf('x', { provenance, tokens: 0 }), true);
    expect(stderr.written()).toBe('! a is not installed.\n— 🏠 b · default · 1.3\u00a0s · simulated\n');
  });

  it('that knows itself that it is simulated, or was cut off, says so', () => {
    const { screen, stderr } = open();
    screen.answer(answerOf('x', { simulated: true, finished: 'length', tokens: 0 }), false);
    expect(stderr.written()).toBe(
      '! The model stopped at its longest answer: it may be incomplete.\n' +
        '— 🏠 qwen2.5:7b · rule “fast” · 1.3\u00a0s · simulated\n',
    );
  });
});

describe('what it waits for', () => {
  it('is one line on a terminal, which gives way to the answer', () => {
    const { screen, stderr } = open({ err: true });
    screen.progress(LOADING);
    screen.progress(LOADING);
    screen.text('Hello');
    screen.thinking();
    expect(stderr.written()).toBe(`${CLEAR}${LOADING}${CLEAR}`);
  });

  it('never wraps, for a wrapped line could not be cleared', () => {
    const { screen, stderr } = open({ err: true });
    screen.progress('x'.repeat(100));
    expect(stderr.written().length).toBe(CLEAR.length + WIDTH - 1);
  });

  it('ends in the bar of a load, which is not what is left out where there is little room', () => {
    const { screen, stderr } = open({ err: true });
    screen.progress('Loading', '▓▓░░░');
    screen.progress('Loading', '▓▓░░░');
    screen.progress('x'.repeat(100), '▓▓▓░░');
    const line = `${'x'.repeat(WIDTH - 1 - 6)} ▓▓▓░░`;
    expect(stderr.written()).toBe(`${CLEAR}Loading ▓▓░░░${CLEAR}${line}`);
  });
});

describe('control characters of others', () => {
  it('never reach a terminal', () => {
    const { screen, stdout, stderr } = open({ out: true, err: true });
    screen.text(EVIL);
    screen.restart();
    const provenance = { model: EVIL, by: 'rule', rule: EVIL, reason: EVIL, notice: EVIL } as const;
    screen.answer(answerOf(EVIL, { provenance }), false);
    screen.failure({ code: 'server_error', message: EVIL, hint: EVIL });
    screen.restart();
    screen.progress(EVIL);
    expect(stdout.written()).toContain(HARMLESS);
    expect(stderr.written()).toContain(HARMLESS);
    for (const stream of [stdout, stderr]) {
      expect(stream.written().replaceAll(CLEAR, '')).not.toMatch(/[^\P{Cc}\n\t]/u);
    }
  });

  it('are left as they are for a program that reads them', () => {
    const { screen, stdout } = open();
    screen.text(EVIL);
    expect(stdout.written()).toBe(EVIL);
  });
});

describe('what a command says', () => {
  const offer = { command: 'model', choices: [{ value: 'auto', label: '✓ auto · the rules choose' }] };

  it('is plain text on stdout, with a line for each value that may be chosen', () => {
    const { screen, stdout, stderr } = open();
    screen.said({ markdown: 'This chat uses `fast` (`llama3.2:3b`).', offer });
    expect(stdout.written()).toBe('This chat uses fast (llama3.2:3b).\n  auto\n');
    expect(stderr.written()).toBe('');
  });

  it('is confirmed where it says nothing', () => {
    const { screen, stdout } = open();
    screen.said({ markdown: '' });
    expect(stdout.written()).toBe('Done.\n');
  });

  it('never steers a terminal', () => {
    const { screen, stdout } = open({ out: true });
    screen.said({
      markdown: `\`${EVIL.replace('\n', ' ')}\``,
      offer: { ...offer, choices: [{ value: EVIL, label: '' }] },
    });
    expect(stdout.written()).not.toMatch(/[^\P{Cc}\n\t]/u);
  });

  it('is one object for programs', () => {
    const stdout = fakeStream();
    jsonScreen(stdout).said({ markdown: '**Models**', offer });
    expect(stdout.written()).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(stdout.written())).toEqual({ markdown: '**Models**', offer });
  });
});

describe('a failure', () => {
  it('is told on stderr, with what to do', () => {
    const { screen, stdout, stderr } = open();
    screen.failure({ code: 'busy', message: 'Too much.', hint: 'Wait.' });
    expect(stdout.written()).toBe('');
    expect(stderr.written()).toBe('ostler: Too much.\n  Wait.\n');
  });

  it('for want of memory names the figures', () => {
    const { screen, stderr } = open();
    const room = { requiredBytes: 20e9, availableBytes: 6e9, freeableBytes: 4e9 };
    screen.failure({ code: 'insufficient_memory', message: 'No room.', room });
    const words = 'Required: 20.0 GB · available: 6.0 GB · can be freed: 4.0 GB';
    expect(stderr.written()).toBe(`ostler: No room.\n  ${words}\n`);
  });
});

describe('for programs', () => {
  it.each([
    [false, {}],
    [true, { simulated: true }],
  ])('an answer is one object (simulated: %s)', (simulated, more) => {
    const stdout = fakeStream();
    const screen = jsonScreen(stdout);
    screen.begin();
    screen.progress(LOADING);
    screen.text('Hel');
    screen.restart();
    screen.answer(answerOf('Hello.'), simulated);
    expect(stdout.written()).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(stdout.written())).toEqual({
      answer: 'Hello.',
      model: 'qwen2.5:7b',
      rule: 'fast',
      source: 'local',
      seconds: 1.25,
      ...more,
    });
  });

  it('no rule is null, and a failure is an object too', () => {
    const stdout = fakeStream();
    const screen = jsonScreen(stdout);
    screen.answer(answerOf('x', { provenance: { model: 'm', by: 'default', reason: 'r' } }), false);
    screen.failure({ code: 'busy', message: 'Too much.' });
    expect(
      stdout
        .written()
        .split('\n')
        .slice(0, 2)
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { answer: 'x', model: 'm', rule: null, source: 'local', seconds: 1.25 },
      { error: { code: 'busy', message: 'Too much.' } },
    ]);
  });
});
