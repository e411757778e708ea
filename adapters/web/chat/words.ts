import { describeSeconds } from '../../../src/chat/describe-amount.ts';
import { describeFailure, describeNotices, describeProvenance } from '../../../src/chat/describe-answer.ts';
import type { Answer } from '../../../src/chat/exchange.ts';
import type { ConversationEvent } from '../../../src/chat/front.ts';

/** The page shows the words that every front shows: it is sent them beside what they are made of. */
export function eventWithWords(event: ConversationEvent) {
  if (event.type !== 'entry' || event.entry.kind !== 'exchange') return event;
  const { outcome } = event.entry;
  switch (outcome.kind) {
    case 'answer':
      return { ...event, words: answerWords(outcome.answer) };
    case 'failure':
      return { ...event, words: { failure: describeFailure(outcome.failure).split('\n') } };
    case 'cancelled':
      return event;
  }
}

function answerWords(answer: Answer) {
  const { promptTokens, tokens, waitSeconds } = answer;
  return {
    provenance: describeProvenance(answer),
    notices: describeNotices(answer),
    facts: `${promptTokens} tokens read, ${tokens} written; it waited ${describeSeconds(waitSeconds)} before it began.`,
  };
}
