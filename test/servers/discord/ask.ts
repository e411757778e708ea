import type { Channel } from './channel.ts';
import { AT_MESSAGE, type Command, SLASH } from './command.ts';
import { AUTOCOMPLETE, type Choice, COMMAND, COMPONENT, type Interaction, SUBMIT } from './interaction.ts';
import type { ChatMessage, Menu } from './message.ts';
import { renderMessage } from './render.ts';
import { checkPresent, type Stage, stateOf } from './stage.ts';
import type { ChannelState, UserState } from './state.ts';
import { type Json, objectsIn } from './wire.ts';

const SUBCOMMAND = 1;
const BUTTON = 2;
const MENU = 3;

/** A file is attached. */
type Upload = { readonly name: string; readonly type: string; readonly bytes: Uint8Array };
type Options = Readonly<Record<string, string | number | boolean | Upload>>;

/** What a person can ask of the bot besides writing. */
export type Asking = {
  /** Gives a slash command; `name` may have a subcommand, as in `model set`. */
  slash(channel: Channel, name: string, options?: Options): Interaction;
  /** Fills in the window that an interaction opened, by the custom_ids of its inputs, and sends it. */
  submit(interaction: Interaction, written: Readonly<Record<string, string>>): Interaction;
  /** Writes at the last of the options, and returns what is offered. */
  autocomplete(channel: Channel, name: string, options: Options): Promise<readonly Choice[]>;
  /** Chooses a command from the menu of a message. */
  messageCommand(message: ChatMessage, name: string): Interaction;
  /** Presses a button by its label or custom_id. */
  press(message: ChatMessage, button: string): Interaction;
  /** Chooses in a menu, by labels or values; `menu` is its placeholder or custom_id. */
  select(message: ChatMessage, menu: string, chosen: readonly string[]): Interaction;
};

export function createAsking(stage: Stage, person: UserState): Asking {
  const { world, commands, interactions } = stage;
  const findCommand = (state: ChannelState, name: string, type: number): Command => {
    checkPresent(state, person.user.id);
    const command = commands.find(name, type, state.guild?.id);
    if (!command) throw new Error(`There is no command ${name} in ${state.name}`);
    return command;
  };
  const current = (message: ChatMessage) => {
    const channel = stateOf(stage, message.channel);
    checkPresent(channel, person.user.id);
    const now = channel.messages.get(message.id);
    if (!now) throw new Error(`The message ${message.id} is gone`);
    if (now.visibleTo !== undefined && now.visibleTo !== person.user.id) {
      throw new Error(`${person.user.username} does not see the message ${message.id}`);
    }
    return { channel, message: now };
  };
  const component = (message: ChatMessage, data: Json) =>
    interactions.begin({ type: COMPONENT, person, ...current(message), data }).view;

  /** The ids that stand for files, and what is said of those. */
  const uploadsIn = (options: Options) => {
    const files = Object.entries(options).flatMap(([name, value]) =>
      typeof value === 'object' ? [{ name, attachment: world.files.add(value) }] : [],
    );
    return {
      isAny: files.length > 0,
      ids: Object.fromEntries(files.map(({ name, attachment }) => [name, attachment.id])),
      attachments: (channel: string) =>
        Object.fromEntries(
          files.map(({ attachment }) => [attachment.id, world.files.render(channel, attachment)]),
        ),
    };
  };

  return {
    slash(channel, name, options = {}) {
      const state = stateOf(stage, channel.id);
      const [first = '', sub] = name.split(' ');
      const command = findCommand(state, first, SLASH);
      const uploads = uploadsIn(options);
      const plain = { ...options, ...uploads.ids };
      const written = writeOptions(command, { sub, options: plain, complete: true });
      const resolved = { attachments: uploads.attachments(state.id) };
      const data = { ...commandData(command, written), ...(uploads.isAny && { resolved }) };
      return interactions.begin({ type: COMMAND, person, channel: state, data }).view;
    },
    submit(interaction, written) {
      const window = interaction.window();
      if (!window) throw new Error('No window is open');
      const unknown = Object.keys(written).find((input) => !window.inputs.includes(input));
      if (unknown !== undefined) throw new Error(`There is no input ${unknown}`);
      const components = window.inputs.map((input) => ({
        type: 1,
        components: [{ type: 4, custom_id: input, value: written[input] ?? '' }],
      }));
      const data = { custom_id: window.customId, components };
      return interactions.begin({ type: SUBMIT, person, channel: stateOf(stage, interaction.channel), data })
        .view;
    },
    async autocomplete(channel, name, options) {
      const state = stateOf(stage, channel.id);
      const [first = '', sub] = name.split(' ');
      const command = findCommand(state, first, SLASH);
      const data = commandData(command, writeOptions(command, { sub, options, complete: false }));
      const begun = interactions.begin({ type: AUTOCOMPLETE, person, channel: state, data });
      await begun.view.acknowledged;
      return begun.state.choices ?? [];
    },
    messageCommand(message, name) {
      const { channel, message: now } = current(message);
      const command = findCommand(channel, name, AT_MESSAGE);
      const resolved = { messages: { [now.id]: renderMessage(world, now, true) } };
      const data = { ...commandData(command), target_id: now.id, resolved };
      return interactions.begin({ type: COMMAND, person, channel, data }).view;
    },
    press(message, wanted) {
      const buttons = current(message).message.buttons.flat();
      const button = buttons.find(({ label, customId }) => label === wanted || customId === wanted);
      if (!button) throw new Error(`There is no button ${wanted}`);
      if (button.disabled || button.customId === undefined) {
        throw new Error(`The button ${wanted} tells the bot nothing`);
      }
      return component(message, { component_type: BUTTON, custom_id: button.customId });
    },
    select(message, wanted, chosen) {
      const { menus } = current(message).message;
      const menu = menus.find(({ customId, placeholder }) => customId === wanted || placeholder === wanted);
      if (!menu || menu.disabled) throw new Error(`There is no menu ${wanted}`);
      const values = chosen.map((one) => valueIn(menu, one));
      if (values.length < menu.min || values.length > menu.max) {
        throw new Error(`The menu ${wanted} takes ${menu.min} to ${menu.max}`);
      }
      return component(message, { component_type: MENU, custom_id: menu.customId, values });
    },
  };
}

function valueIn({ options }: Menu, wanted: string): string {
  const option = options.find(({ label, value }) => label === wanted || value === wanted);
  if (!option) throw new Error(`There is no choice ${wanted}`);
  return option.value;
}

function commandData({ id, name, type, guild_id }: Command, options?: readonly Json[]): Json {
  return {
    id,
    name,
    type,
    ...(guild_id !== undefined && { guild_id }),
    ...(options && options.length > 0 && { options }),
  };
}

type Written = {
  readonly sub: string | undefined;
  readonly options: Options;
  /** False while the person still writes at the last one. */
  readonly complete: boolean;
};

/** The options as they are sent. Throws where people could not have written them. */
function writeOptions(command: Command, { sub, options, complete }: Written): readonly Json[] {
  if (sub !== undefined) {
    const found = objectsIn(command.options).find(({ type, name }) => type === SUBCOMMAND && name === sub);
    if (!found) throw new Error(`There is no subcommand ${sub}`);
    const inner = writeEach(objectsIn(found.options), options, complete);
    return [{ type: SUBCOMMAND, name: sub, options: inner }];
  }
  return writeEach(objectsIn(command.options), options, complete);
}

function writeEach(known: readonly Json[], options: Options, complete: boolean): readonly Json[] {
  const missing = known.find(({ required, name }) => required === true && !(String(name) in options));
  if (complete && missing) throw new Error(`The option ${String(missing.name)} is required`);
  const names = Object.keys(options);
  return names.map((name, place) => {
    const option = known.find((one) => one.name === name);
    if (!option) throw new Error(`There is no option ${name}`);
    const focused = !complete && place === names.length - 1;
    if (focused && option.autocomplete !== true) throw new Error(`The option ${name} offers nothing`);
    const choices = objectsIn(option.choices);
    if (choices.length > 0 && choices.every(({ value }) => value !== options[name])) {
      throw new Error(`The option ${name} has no choice ${String(options[name])}`);
    }
    return { type: option.type, name, value: options[name], ...(focused && { focused }) };
  });
}
