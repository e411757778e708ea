import { DiscordError } from './errors.ts';

type Problem = { readonly path: string; readonly code: string; readonly message: string };

/** Collects what is wrong with a body: https://docs.discord.com/developers/reference#error-messages */
export type Form = {
  /** The path is dotted, as in `embeds.0.title`; empty for the body itself. */
  wrong(path: string, code: string, message: string): void;
  /** A text of `min` to `max` code points, as Discord counts; undefined and null are one of 0. */
  text(path: string, value: unknown, size: { readonly min?: number; readonly max: number }): void;
  required(path: string): void;
  choice(path: string, value: unknown, choices: readonly unknown[]): void;
  /** A list of at most `max`. Returns whether it can be read on. */
  list(path: string, value: unknown, max: number): value is readonly unknown[];
  /** Throws a 400 with the code 50035 if anything was wrong. */
  end(): void;
};

export function createForm(): Form {
  const problems: Problem[] = [];
  const wrong: Form['wrong'] = (path, code, message) => void problems.push({ path, code, message });
  const required: Form['required'] = (path) => wrong(path, 'BASE_TYPE_REQUIRED', 'This field is required');
  return {
    wrong,
    required,
    text(path, value, { min = 0, max }) {
      if (value === undefined || value === null) {
        if (min > 0) required(path);
        return;
      }
      if (typeof value !== 'string') {
        return void wrong(path, 'STRING_TYPE_CONVERT', `Could not interpret "${String(value)}" as string.`);
      }
      const { length } = [...value];
      if (length > max && min === 0) {
        wrong(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
      } else if (length === 0 && min > 0) required(path);
      else if (length > max || length < min) {
        wrong(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
      }
    },
    choice(path, value, choices) {
      if (choices.includes(value)) return;
      wrong(path, 'BASE_TYPE_CHOICES', `Value must be one of {${choices.join(', ')}}.`);
    },
    list(path, value, max): value is readonly unknown[] {
      if (value === undefined || value === null) return false;
      if (!Array.isArray(value)) {
        wrong(path, 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
        return false;
      }
      if (value.length > max) {
        wrong(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
      }
      return value.length <= max;
    },
    end() {
      if (problems.length > 0) throw invalidForm(problems);
    },
  };
}

function invalidForm(problems: readonly Problem[]): DiscordError {
  const errors: Record<string, unknown> = {};
  for (const { path, code, message } of problems) {
    let place = errors;
    for (const part of path === '' ? [] : path.split('.')) {
      place[part] ??= {};
      place = place[part] as Record<string, unknown>;
    }
    const known = (place._errors ?? []) as readonly unknown[];
    place._errors = [...known, { code, message }];
  }
  return new DiscordError([400, 50_035, 'Invalid Form Body'], { errors });
}

/** The same for a single problem. */
export function wrongField(path: string, code: string, message: string): DiscordError {
  return invalidForm([{ path, code, message }]);
}
