import { OstlerError } from '../errors.ts';

export type Path = readonly (string | number)[];

/** A mistake by its place in the configuration; `load.ts` adds file and line. */
export type Finding = {
  readonly path: Path;
  readonly message: string;
  /** A whole sentence: what to write instead. */
  readonly fix?: string;
  /** Other places it was concluded from: it is not reported while one of them could not be read. */
  readonly drawnFrom?: readonly Path[];
};

export type Mistake = {
  readonly file: string;
  /** Left out where the file as a whole is wrong. */
  readonly line?: number;
  readonly column?: number;
  /** As in `llm.routing.rules[1].model`; empty: the file as a whole. */
  readonly where: string;
  readonly message: string;
  readonly fix?: string;
};

/** All mistakes of a configuration at once; its message is the text that `printMistakes` makes of them. */
export class ConfigError extends OstlerError {
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: readonly Mistake[], { cause }: { cause?: unknown } = {}) {
    super(printMistakes(mistakes), { code: 'bad_config', cause });
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}

/** One line per mistake: `config/ostler.yaml:12: llm.cache.tpye: unknown key. Did you mean "type"?` */
export function printMistakes(mistakes: readonly Mistake[]): string {
  return mistakes.map(printMistake).join('\n');
}

function printMistake({ file, line, where, message, fix }: Mistake): string {
  const place = [line === undefined ? file : `${file}:${line}`, where].filter((part) => part !== '');
  return `${place.join(': ')}: ${message}${fix ? `. ${fix}` : ''}`;
}

const PLAIN_KEY = /^[\w$-]+$/;

/** The way a path is written in messages: `llm.models["qwen2.5"].options`, `llm.routing.rules[1]`. */
export function printPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    if (!PLAIN_KEY.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

/** `a, b or c` */
export function listOr(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
