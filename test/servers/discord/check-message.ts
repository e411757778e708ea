import { checkComponents } from './check-components.ts';
import { checkEmbeds } from './check-embeds.ts';
import { refuse } from './errors.ts';
import { createForm, type Form } from './form.ts';
import { isObject, type Json, objectsIn, textsIn } from './wire.ts';

export const SUPPRESS_EMBEDS = 4;
export const EPHEMERAL = 64;
export const SILENT = 4_096;
const LONGEST_TEXT = 2_000;
const LONGEST_NONCE = 25;
const MOST_FILES = 10;
const MOST_ALLOWED = 100;

/**
 * Throws a 400 where the body of a message breaks a rule:
 * https://docs.discord.com/developers/resources/message#create-message
 */
export function checkMessage(body: Json, path = ''): void {
  const form = createForm();
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  form.text(at('content'), body.content, { max: LONGEST_TEXT });
  checkEmbeds(form, at('embeds'), body.embeds);
  checkComponents(form, at('components'), body.components);
  form.list(at('attachments'), body.attachments, MOST_FILES);
  checkAllowed(form, at('allowed_mentions'), body.allowed_mentions);
  checkNonce(form, at('nonce'), body.nonce);
  if (body.flags !== undefined && !Number.isSafeInteger(body.flags)) {
    form.wrong(at('flags'), 'NUMBER_TYPE_COERCE', `Value "${String(body.flags)}" is not int.`);
  }
  form.end();
}

/** Throws a 400 where nothing would be seen. */
export function checkNotEmpty(body: Json, files: number): void {
  const text = typeof body.content === 'string' ? body.content.trim() : '';
  const lists = [body.embeds, body.components, body.sticker_ids];
  if (text !== '' || files > 0 || lists.some((list) => Array.isArray(list) && list.length > 0)) return;
  throw refuse('emptyMessage');
}

function checkNonce(form: Form, path: string, nonce: unknown): void {
  if (nonce === undefined || nonce === null || Number.isSafeInteger(nonce)) return;
  if (typeof nonce !== 'string') {
    return void form.wrong(path, 'NONCE_TYPE_INVALID', 'Nonce must be a string or an integer.');
  }
  if (nonce.length > LONGEST_NONCE) {
    form.wrong(path, 'NONCE_TYPE_TOO_LONG', `Nonce must be ${LONGEST_NONCE} or fewer in length.`);
  }
}

function checkAllowed(form: Form, path: string, allowed: unknown): void {
  if (allowed === undefined || allowed === null) return;
  if (!isObject(allowed))
    return void form.wrong(path, 'MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType');
  const parse = textsIn(allowed.parse);
  parse.forEach((kind, place) => {
    form.choice(`${path}.parse.${place}`, kind, ['users', 'roles', 'everyone']);
  });
  for (const kind of ['users', 'roles']) {
    form.list(`${path}.${kind}`, allowed[kind], MOST_ALLOWED);
    if (!parse.includes(kind) || textsIn(allowed[kind]).length === 0) continue;
    form.wrong(
      path,
      'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
      `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
    );
  }
}

/** The ids of earlier attachments that an edit keeps; undefined: all. */
export function keptAttachments(body: Json): readonly string[] | undefined {
  return Array.isArray(body.attachments)
    ? objectsIn(body.attachments).map(({ id }) => String(id))
    : undefined;
}
