import { createAttend } from '../../src/attend/attend.ts';
import type { Deed, Happening, PressedMessage } from '../../src/attend/happening.ts';
import type { Said } from '../../src/chat/command.ts';
import type { Front } from '../../src/chat/front.ts';
import type { Message } from '../../src/chat/message.ts';
import type { ModelView } from '../../src/chat/status-view.ts';
import type { Failure } from '../../src/errors.ts';
import type { Standing } from '../../src/people/role.ts';
import type { Buttons } from '../../src/reply/messages.ts';
import { fakeFront } from '../chat/fake-front.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakeStore } from '../fakes/store.ts';

const MODEL: ModelView = {
  tag: 'qwen2.5:7b',
  aliases: ['fast'],
  state: 'ready',
  sizeBytes: 2e9,
  capabilities: ['completion'],
};
const ADDRESS = { platform: 'test', chat: 'c' };
const ADA = { id: '1', name: 'Ada' };

type Setting = {
  readonly standing: Standing;
  readonly kind?: Message['kind'];
  /** Left out: Ada. */
  readonly person?: Message['person'];
  /** Whether the platform calls the person an admin of the group. */
  readonly admin?: boolean;
};

/** Somebody of this standing does things in a chat; all that comes of it is written down. */
export function attending(
  { standing, kind = 'direct', person = ADA, admin = false }: Setting,
  change: Partial<Front> = {},
) {
  const fake = fakeFront({ models: [MODEL] }, null);
  const received: Message[] = [];
  const said: Said[] = [];
  const failures: Failure[] = [];
  const refusals: (string | undefined)[] = [];
  const told: string[] = [];
  const pressed: (string | Said | Buttons)[] = [];
  const front: Front = {
    ...fake.front,
    standingOf: async () => standing,
    meet: async () => 'Your code is ABCD2345.',
    async receive(message) {
      received.push(message);
      return { kind: 'taken', job: 'j' };
    },
    async revise(message) {
      received.push(message);
      return { kind: 'same', job: 'j' };
    },
    ...change,
  };
  const store = fakeStore();
  const edits = { remember: async () => {}, offer: async () => {}, find: async () => undefined };
  const attend = createAttend({ front, edits, store, clock: fakeClock(), bot: 'b' });
  const on: PressedMessage = {
    id: '9',
    dropButtons: () => void pressed.push('dropped'),
    offer: (buttons) => void pressed.push(buttons),
    replace: (words) => void pressed.push(words),
  };
  const deeds = {
    asked: { kind: 'asked', message: messageOf('m1', kind) },
    edited: { kind: 'edited', message: messageOf('m1', kind), editId: 'm1.e1' },
    stopped: { kind: 'stopped', job: 'j' },
    unreadable: { kind: 'unreadable', what: 'a sticker' },
    command: (name: string, argument = '') => ({ kind: 'command', name, argument }) as const,
    press: (data: string) =>
      ({ kind: 'pressed', data, on, tell: (words: string) => void told.push(words) }) as const,
  } as const;
  let happened = 0;

  return {
    ...fake,
    deeds,
    store,
    received,
    said,
    failures,
    refusals,
    told,
    pressed,
    does(did: Deed, named?: string) {
      happened += 1;
      const id = named ?? `h${happened}`;
      const happening: Happening = {
        presence: { address: ADDRESS, person, kind, places: ['c'], roles: [] },
        id,
        isAdmin: async () => admin,
        respond: {
          said: (words) => void said.push(words),
          failure: (failure) => void failures.push(failure),
          refused: (words) => void refusals.push(words),
        },
        did,
      };
      return attend(happening);
    },
  };
}

function messageOf(id: string, kind: Message['kind']): Message {
  return { id, address: ADDRESS, person: ADA, kind, text: 'Why?', images: [], sentAt: 0 };
}
