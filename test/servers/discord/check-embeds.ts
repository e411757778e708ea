import type { Form } from './form.ts';
import { isObject, type Json, objectsIn } from './wire.ts';

/** https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
const MOST_EMBEDS = 10;
const MOST_FIELDS = 25;
const LARGEST_TOTAL = 6_000;

export function checkEmbeds(form: Form, path: string, embeds: unknown): void {
  if (!form.list(path, embeds, MOST_EMBEDS)) return;
  let total = 0;
  for (const [place, embed] of objectsIn(embeds).entries()) {
    checkOne(form, `${path}.${place}`, embed);
    total += lengthOf(embed);
  }
  if (total > LARGEST_TOTAL) {
    form.wrong(path, 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${LARGEST_TOTAL}`);
  }
}

function checkOne(form: Form, path: string, embed: Json): void {
  form.text(`${path}.title`, embed.title, { max: 256 });
  form.text(`${path}.description`, embed.description, { max: 4_096 });
  form.text(`${path}.footer.text`, inner(embed.footer).text, { max: 2_048 });
  form.text(`${path}.author.name`, inner(embed.author).name, { max: 256 });
  if (!form.list(`${path}.fields`, embed.fields, MOST_FIELDS)) return;
  objectsIn(embed.fields).forEach(({ name, value }, place) => {
    form.text(`${path}.fields.${place}.name`, name, { min: 1, max: 256 });
    form.text(`${path}.fields.${place}.value`, value, { min: 1, max: 1_024 });
  });
}

function lengthOf({ title, description, footer, author, fields }: Json): number {
  const parts = [title, description, inner(footer).text, inner(author).name];
  const all = [...parts, ...objectsIn(fields).flatMap(({ name, value }) => [name, value])];
  return all.reduce<number>((sum, part) => sum + (typeof part === 'string' ? [...part].length : 0), 0);
}

function inner(value: unknown): Json {
  return isObject(value) ? value : {};
}
