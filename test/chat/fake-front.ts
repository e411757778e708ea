import type { Front, StatusView, Which } from '../../src/chat/front.ts';
import type { Address } from '../../src/chat/message.ts';
import { OstlerError } from '../../src/errors.ts';

type Asked =
  | { readonly stop: Address; readonly which: Which }
  | { readonly startNew: Address; readonly id: string | undefined }
  | { readonly choose: Address; readonly model: string | null };

/** A house with one chat that answers nothing; only what commands ask of it is there. */
export function fakeFront(change: Partial<StatusView>, chosenAtFirst: string | null) {
  const status: StatusView = {
    version: '0.1.0',
    ollama: { url: 'http://gpu:11434', reachable: true, detail: 'Ollama 0.33.0' },
    waiting: 0,
    running: 0,
    simulated: false,
    models: [],
    ...change,
  };
  const asked: Asked[] = [];
  /** Whose questions run. */
  const running: string[] = [];
  let chosen = chosenAtFirst;
  const known = (name: string) =>
    status.models.some(({ tag, aliases }) => tag === name || aliases.includes(name));
  const unexpected = () => {
    throw new Error('no command asks for this');
  };

  const front: Front = {
    receive: unexpected,
    revise: unexpected,
    again: unexpected,
    jobs: unexpected,
    follow: unexpected,
    keepFile: unexpected,
    status: () => status,
    async stop(address, which = {}) {
      asked.push({ stop: address, which });
      const left = running.filter((person) => which.person !== undefined && which.person !== person);
      const stopped = running.length - left.length;
      running.splice(0, running.length, ...left);
      return stopped;
    },
    async startNew(address, id) {
      asked.push({ startNew: address, id });
    },
    async choose(address, model) {
      asked.push({ choose: address, model });
      if (model !== null && !known(model)) {
        throw new OstlerError(`${model} is not installed.`, {
          code: 'not_installed',
          hint: `ollama pull ${model}`,
        });
      }
      chosen = model;
    },
    chosen: async () => chosen,
  };
  return { front, asked, running, chosenNow: () => chosen };
}
