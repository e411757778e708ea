import { createForm, type Form } from './form.ts';
import { isObject, type Json, objectsIn } from './wire.ts';

/** A registered command: https://docs.discord.com/developers/interactions/application-commands */
export type Command = Json & {
  readonly id: string;
  readonly name: string;
  /** 1 slash, 2 at a person, 3 at a message. */
  readonly type: number;
  readonly description: string;
  readonly guild_id?: string;
  readonly options?: readonly Json[];
};

export const SLASH = 1;
export const AT_MESSAGE = 3;
const MOST_OPTIONS = 25;
const MOST_CHOICES = 25;
const OPTION_TYPES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const WITH_CHOICES = [3, 4, 10];
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]+$/u;

/** Throws a 400 where a command breaks a rule; `at` is its place in a list. */
export function checkCommands(commands: readonly unknown[], isList: boolean): void {
  const form = createForm();
  const seen = new Set<string>();
  for (const [place, command] of objectsIn(commands).entries()) {
    const at = isList ? `${place}.` : '';
    checkCommand(form, at, command);
    const key = `${command.type ?? SLASH} ${String(command.name)}`;
    if (seen.has(key)) {
      form.wrong('', 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique');
    }
    seen.add(key);
  }
  const most = (type: number) => (type === SLASH ? 100 : 15);
  for (const type of [SLASH, 2, AT_MESSAGE]) {
    const count = commands.filter((one) => isObject(one) && (one.type ?? SLASH) === type).length;
    if (count > most(type)) form.list('', new Array(count), most(type));
  }
  form.end();
}

function checkCommand(form: Form, at: string, command: Json): void {
  const type = command.type ?? SLASH;
  form.choice(`${at}type`, type, [SLASH, 2, AT_MESSAGE]);
  form.text(`${at}name`, command.name, { min: 1, max: 32 });
  if (type === SLASH) {
    checkName(form, `${at}name`, command.name);
    form.text(`${at}description`, command.description, { min: 1, max: 100 });
    checkOptions(form, `${at}options`, command.options);
    return;
  }
  if (command.description) {
    form.wrong(
      `${at}description`,
      'APPLICATION_COMMAND_INVALID_DESCRIPTION',
      'Context menu commands cannot have description',
    );
  }
  if (objectsIn(command.options).length > 0) {
    form.wrong(
      `${at}options`,
      'APPLICATION_COMMAND_INVALID_OPTIONS',
      'Context menu commands cannot have options',
    );
  }
}

function checkName(form: Form, at: string, name: unknown): void {
  if (typeof name !== 'string' || (NAME.test(name) && name === name.toLowerCase())) return;
  form.wrong(at, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
}

function checkOptions(form: Form, at: string, options: unknown): void {
  if (!form.list(at, options, MOST_OPTIONS)) return;
  const names = new Set<unknown>();
  let optional = false;
  objectsIn(options).forEach((option, place) => {
    const here = `${at}.${place}`;
    form.choice(`${here}.type`, option.type, OPTION_TYPES);
    form.text(`${here}.name`, option.name, { min: 1, max: 32 });
    checkName(form, `${here}.name`, option.name);
    form.text(`${here}.description`, option.description, { min: 1, max: 100 });
    if (names.has(option.name)) {
      form.wrong(at, 'APPLICATION_COMMAND_OPTIONS_NAME_INVALID', 'Option name is invalid');
    }
    names.add(option.name);
    if (option.required === true && optional) {
      form.wrong(
        at,
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
    }
    optional ||= option.required !== true;
    checkChoices(form, here, option);
    if (Number(option.type) <= 2) checkOptions(form, `${here}.options`, option.options);
  });
}

function checkChoices(form: Form, at: string, { type, choices, autocomplete }: Json): void {
  if (autocomplete === true && (!WITH_CHOICES.includes(Number(type)) || objectsIn(choices).length > 0)) {
    form.wrong(
      at,
      'APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID',
      'Autocomplete is for texts and numbers without choices',
    );
  }
  if (!form.list(`${at}.choices`, choices, MOST_CHOICES)) return;
  checkEachChoice(form, `${at}.choices`, choices);
}

/** The choices of an option, and those that autocomplete offers. */
export function checkEachChoice(form: Form, at: string, choices: readonly unknown[]): void {
  objectsIn(choices).forEach(({ name, value }, place) => {
    form.text(`${at}.${place}.name`, name, { min: 1, max: 100 });
    if (typeof value !== 'number') form.text(`${at}.${place}.value`, value, { min: 1, max: 100 });
  });
}
