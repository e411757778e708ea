import { OstlerError } from '../errors.ts';
import { type Call, type Command, mayDecide, type Said } from './command.ts';
import type { Front, Receipt } from './front.ts';
import { modelNames, useModel } from './model-name.ts';

const NOTHING: Said = { markdown: 'There is nothing to ask again.' };
const NOT_ENDED: Said = { markdown: 'The last question here has not ended yet. /stop ends it.' };
const NOT_YOURS: Said = { markdown: 'Only who asked the last question, or an admin, may ask it again.' };

export const retryCommand: Command = {
  name: 'retry',
  description: 'Ask the last question again, also of another model',
  argument: {
    name: 'model',
    choices: (front: Front) => modelNames(front).map((name) => ({ value: name, label: name })),
  },
  who: 'everyone',
  isForAll: true,
  async run(call) {
    const { front, address, person } = call;
    if (front.jobs(address).length > 0) return NOT_ENDED;
    const last = await front.last(address);
    if (!last) return NOTHING;
    if (last.question.person.id !== person.id && !(await mayDecide(call))) return NOT_YOURS;
    const receipt = await ask(call, last.job);
    if (receipt.kind === 'refused') {
      const { code, message, hint } = receipt.failure;
      throw new OstlerError(message, { code, ...(hint !== undefined && { hint }) });
    }
    // The answer follows.
    return { markdown: '' };
  },
};

function ask({ front, address, id, argument }: Call, job: string): Promise<Receipt> {
  const wanted = argument.trim();
  const again = `retry-${id}`;
  if (wanted === '') return front.again(address, job, again);
  return useModel(wanted, modelNames(front), (name) => front.again(address, job, again, name));
}
