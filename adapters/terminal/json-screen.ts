import type { Answer } from '../../src/chat/exchange.ts';
import type { Screen } from './screen.ts';

/** For programs: one object at the end, on stdout, also for a failure. */
export function jsonScreen(stdout: { write(text: string): unknown }): Screen {
  const nothing = () => {};
  return {
    begin: nothing,
    progress: nothing,
    thinking: nothing,
    text: nothing,
    restart: nothing,
    saying: nothing,
    answer: (answer, simulated) => void stdout.write(`${JSON.stringify(toJson(answer, simulated))}\n`),
    said: (said) => void stdout.write(`${JSON.stringify(said)}\n`),
    failure: (error) => void stdout.write(`${JSON.stringify({ error })}\n`),
  };
}

function toJson({ text, provenance, from, ageSeconds, seconds }: Answer, simulated: boolean) {
  return {
    answer: text,
    model: provenance.model,
    rule: provenance.rule ?? null,
    source: from,
    ...(ageSeconds !== undefined && { age_seconds: ageSeconds }),
    seconds,
    ...(provenance.notice !== undefined && { notice: provenance.notice }),
    ...(simulated && { simulated }),
  };
}
