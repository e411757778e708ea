// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration are written like this
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/config/mistakes.ts';

type Case = {
  readonly name: string;
  readonly yaml: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly says: readonly string[];
};

function messagesOf({ yaml, env = {} }: Case): readonly string[] {
  try {
    parseConfig({ text: yaml, file: 'a.yaml', env });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.code).toBe('bad_config');
    return error.message.split('\n');
  }
}

const groups: Readonly<Record<string, readonly Case[]>> = {
  'a file that is not YAML': [
    {
      name: 'is told every syntax error with its line',
      yaml: 'log:\n\tlevel: info\nweb: "x\n',
      says: [
        'a.yaml:2: a tab is used to indent. Indent with spaces.',
        'a.yaml:4: not valid YAML: missing closing "quote',
      ],
    },
    {
      name: 'is told once per line',
      yaml: `web: {port: \${PORT}}`,
      says: [
        'a.yaml:1: not valid YAML: unexpected flow-map-start at node end. Within { } and [ ] put ${NAME} in quotes.',
      ],
    },
    {
      name: 'may not hold a key twice, and is told the rest as well',
      yaml: 'log:\n  level: info\n  level: loud\n',
      says: [
        'a.yaml:3: the key level stands here a second time. Keep one.',
        'a.yaml:3: log.level: expected debug, info, warn or error, found the text "loud"',
      ],
    },
    {
      name: 'may not hold two documents',
      yaml: 'data_dir: a\n---\ndata_dir: b\n',
      says: ['a.yaml:2: a second document begins here. Remove the line ---.'],
    },
    {
      name: 'may not be a list',
      yaml: '- llm\n',
      says: ['a.yaml:1: expected keys and values, found a list'],
    },
    {
      name: 'may not refer to what is not there',
      yaml: 'data_dir: *folder\n',
      says: ['a.yaml:1: data_dir: nothing is called &folder. Write the value itself.'],
    },
    {
      name: 'may not contain itself',
      yaml: 'llm:\n  models:\n    a:\n      name: b:1\n      task_types: &t [*t]\n',
      says: ['a.yaml:5: llm.models.a.task_types[0]: *t has no end. Write the value itself.'],
    },
    {
      name: 'may not use lists as keys',
      yaml: 'log:\n  ? [a]\n  : b\n',
      says: ['a.yaml:1: log: a key must be a plain word. Write it as name: value.'],
    },
    {
      name: 'may not reach for prototypes',
      yaml: 'log:\n  __proto__: {level: info}\n',
      says: ['a.yaml:1: log: a key must be a plain word. Write it as name: value.'],
    },
  ],

  'an unknown key': [
    {
      name: 'is answered with the nearest known one',
      yaml: 'llm:\n  cache:\n    tpye: ram\n',
      says: ['a.yaml:3: llm.cache.tpye: unknown key. Did you mean "type"?'],
    },
    {
      name: 'is found in another spelling',
      yaml: 'llm:\n  baseUrl: http://127.0.0.1:1\n',
      says: ['a.yaml:2: llm.baseUrl: unknown key. Did you mean "base_url"?'],
    },
    {
      name: 'is answered with all known ones where none is near',
      yaml: 'queue:\n  colour: red\n',
      says: ['a.yaml:2: queue.colour: unknown key. Known keys: expire_minutes, answer_together.'],
    },
    {
      name: 'is told where it lives',
      yaml: 'llm:\n  keep_alive: 30m\n',
      says: ['a.yaml:2: llm.keep_alive: unknown key here. keep_alive lives at llm.cache.keep_alive.'],
    },
    {
      name: 'is told every place where it lives',
      yaml: 'confidence: 1\npattern: x\noptions: {}\n',
      says: [
        'a.yaml:1: confidence: unknown key here. confidence lives at llm.routing.rules[].confidence.',
        'a.yaml:2: pattern: unknown key here. pattern lives at llm.routing.rules[].pattern.',
        'a.yaml:3: options: unknown key here. options lives at llm.models.ALIAS.options, llm.options or llm.routing.rules[].options.',
      ],
    },
    {
      name: 'within a model given as an object is found there',
      yaml: 'llm:\n  models:\n    code:\n      name: qwen2.5:7b\n      task_type: [code]\n',
      says: ['a.yaml:5: llm.models.code.task_type: unknown key. Did you mean "task_types"?'],
    },
    {
      name: 'that makes Ollama load the model again belongs to the model',
      yaml: 'llm:\n  options:\n    num_ctx: 8192\n  routing:\n    rules:\n      - pattern: x\n        model: a:b\n        options:\n          num_gpu: 1\n',
      says: [
        'a.yaml:3: llm.options.num_ctx: belongs to a model: Ollama loads the model again when it changes. Write it at llm.models.ALIAS.options.num_ctx.',
        'a.yaml:9: llm.routing.rules[0].options.num_gpu: belongs to a model: Ollama loads the model again when it changes. Write it at llm.models.ALIAS.options.num_gpu.',
      ],
    },
    {
      name: 'of a coming version is simply unknown',
      yaml: 'fallback:\n  enabled: true\n',
      says: [
        'a.yaml:1: fallback: unknown key. Known keys: llm, response_cache, queue, conversations, files, web, telegram, discord, access, limits, audit, redis, data_dir, shutdown_seconds, log.',
      ],
    },
  ],

  'the shape with ollama: and models: at the top': [
    {
      name: 'is told where each key lives',
      yaml: `ollama:
  base_url: "http://localhost:11434"
  timeout: 120  # seconds
  max_retries: 2

models:
  llama3-8b:
    name: "llama3:8b-instruct-q4_K_M"
    task_types: ["jira"]
    quantization: "Q4_K_M"
`,
      says: [
        'a.yaml:2: ollama.base_url: lives at llm.base_url. Move it there.',
        'a.yaml:3: ollama.timeout: lives at llm.timeouts.first_part_seconds. Move it there.',
        'a.yaml:4: ollama.max_retries: lives at llm.max_retries. Move it there.',
        'a.yaml:6: models: lives at llm.models. Move it under llm.',
        'a.yaml:10: models.llama3-8b.quantization: the quantization is part of the tag. Write it in name, as in llama3:8b-instruct-q4_K_M, and remove this line.',
      ],
    },
    {
      name: 'may hold other keys of Ollama, which are unknown',
      yaml: 'ollama:\n  verbose: true\n',
      says: [
        'a.yaml:2: ollama.verbose: unknown key. Known keys: provider, base_url, models, options, system_prompt, parallel, max_retries, cache, memory, preload, return_to_default_minutes, warm_up, staging, routing, timeouts.',
      ],
    },
    {
      name: 'may be empty',
      yaml: 'ollama:\n',
      says: ['a.yaml:1: ollama: unknown key. Its options live at llm.'],
    },
  ],

  'a value of the wrong kind': [
    {
      name: 'is answered with what is expected and what was found',
      yaml: 'web:\n  port: many\nqueue: 3\nllm:\n  models: [a]\n',
      says: [
        'a.yaml:2: web.port: expected a whole number from 0 to 65535, found the text "many"',
        'a.yaml:3: queue: expected keys and values, found the number 3',
        'a.yaml:5: llm.models: expected keys and values, found a list',
      ],
    },
    {
      name: 'needs no quotes if it is a number',
      yaml: 'llm:\n  max_retries: "3"\n',
      says: [
        'a.yaml:2: llm.max_retries: expected a whole number of at least 0, found the text "3". Write 3 without quotes.',
      ],
    },
    {
      name: 'needs quotes if it is a text',
      yaml: 'llm:\n  models:\n    code: 3\n  routing:\n    default: true\n',
      says: [
        'a.yaml:3: llm.models.code: expected a text or keys and values, found the number 3. Write "3" in quotes.',
        'a.yaml:5: llm.routing.default: expected a text or null, found true. Write "true" in quotes.',
      ],
    },
    {
      name: 'is true or false, not yes or no',
      yaml: 'web:\n  enabled: yes\n',
      says: [
        'a.yaml:2: web.enabled: expected true or false, found the text "yes". Write true without quotes.',
      ],
    },
    {
      name: 'is one of a few, and the nearest is named',
      yaml: 'llm:\n  cache:\n    type: rma\n    eviction: fifo\n',
      says: [
        'a.yaml:3: llm.cache.type: expected ram, ssd or none, found the text "rma". Did you mean ram?',
        'a.yaml:4: llm.cache.eviction: expected auto, lru, largest-first, immediate or null, found the text "fifo"',
      ],
    },
    {
      name: 'is too small, too large or no whole number',
      yaml: 'web: {port: 70000}\nshutdown_seconds: -1\nllm: {parallel: 1.5, timeouts: {load_seconds: 0}}\n',
      says: [
        'a.yaml:1: web.port: expected a whole number from 0 to 65535, found the number 70000',
        'a.yaml:2: shutdown_seconds: expected a number of at least 0, found the number -1',
        'a.yaml:3: llm.parallel: expected a whole number of at least 1, found the number 1.5',
        'a.yaml:3: llm.timeouts.load_seconds: expected a number above 0, found the number 0',
      ],
    },
    {
      name: 'is no duration',
      yaml: 'llm:\n  cache:\n    keep_alive: half an hour\n',
      says: [
        'a.yaml:3: llm.cache.keep_alive: must be a duration such as 30m, 90s or 1h30m, found the text "half an hour"',
      ],
    },
    {
      name: 'is a number of seconds in quotes',
      yaml: 'llm:\n  cache:\n    keep_alive: "300"\n',
      says: [
        'a.yaml:3: llm.cache.keep_alive: must be a duration such as 30m, 90s or 1h30m, found the text "300". Write 300 without quotes.',
      ],
    },
    {
      name: 'is no address',
      yaml: 'llm:\n  base_url: localhost:11434\nredis:\n  url: redi://:hunter2@host\n',
      says: [
        'a.yaml:2: llm.base_url: must be an address such as http://127.0.0.1:11434, found the text "localhost:11434"',
        'a.yaml:4: redis.url: must be an address such as redis://127.0.0.1:6379, found the text "redi://********@host"',
      ],
    },
    {
      name: 'is a list of one',
      yaml: 'llm:\n  models:\n    code:\n      name: a:b\n      task_types: code\n',
      says: ['a.yaml:5: llm.models.code.task_types: expected a list, found the text "code". Write ["code"].'],
    },
    {
      name: 'in a model given as an object is told of the object',
      yaml: 'llm:\n  models:\n    code:\n      name: a:b\n      think: maybe\n      options:\n        num_ctx: 8k\n',
      says: [
        'a.yaml:5: llm.models.code.think: expected true, false, low, medium or high, found the text "maybe"',
        'a.yaml:7: llm.models.code.options.num_ctx: expected a whole number of at least 1, found the text "8k"',
      ],
    },
    {
      name: 'is a secret: it is not shown',
      yaml: 'web:\n  key: 12345\n',
      says: ['a.yaml:2: web.key: expected a text, found a number. Write it in quotes.'],
    },
  ],

  'something that is missing': [
    {
      name: 'is told at the line around it',
      yaml: 'llm:\n  models:\n    code:\n      task_types: [code]\n  routing:\n    rules:\n      - task: code\n',
      says: [
        'a.yaml:3: llm.models.code.name: is missing: expected a text',
        'a.yaml:7: llm.routing.rules[0].pattern: is missing: expected a text',
      ],
    },
    {
      name: 'is a value without which the key means nothing',
      yaml: 'llm:\n  models:\n    code:\nweb:\n  port:\n',
      says: [
        'a.yaml:3: llm.models.code: expected a text or keys and values, found nothing',
        'a.yaml:5: web.port: expected a whole number from 0 to 65535, found nothing',
      ],
    },
  ],

  'a variable': [
    {
      name: 'that must be set is not',
      yaml: `llm:\n  base_url: \${OLLAMA}\nredis:\n  url: \${REDIS}\n`,
      env: { REDIS: '' },
      says: [
        'a.yaml:2: llm.base_url: the variable OLLAMA is not set. Set OLLAMA in the environment or in .env, or write ${OLLAMA:-} if it may be empty.',
        'a.yaml:4: redis.url: the variable REDIS is empty. Set REDIS in the environment or in .env, or write ${REDIS:-} if it may be empty.',
      ],
    },
    {
      name: 'is written in a way that is not known',
      yaml: `data_dir: \${HOME-x}\nllm:\n  system_prompt: "\${A:-\${B}} \${"\n`,
      says: [
        'a.yaml:1: data_dir: ${HOME-x} is not a variable. Write ${NAME}, ${NAME:-default}, or $${ for a literal ${.',
        'a.yaml:3: llm.system_prompt: ${A:-${B} is not a variable. Write ${NAME}, ${NAME:-default}, or $${ for a literal ${.',
        'a.yaml:3: llm.system_prompt: ${ is not a variable. Write ${NAME}, ${NAME:-default}, or $${ for a literal ${.',
      ],
    },
    {
      name: 'never shows its value',
      yaml: `llm:
  base_url: \${SECRET}
  max_retries: "\${NUMBER}"
  models:
    code: {name: a:b, think: "\${SECRET}"}
  cache: {type: "\${SECRET}"}
  routing:
    default: \${SECRET}
    rules:
      - {pattern: "\${PATTERN}", task: "\${SECRET}"}
`,
      env: { SECRET: 'hunter2', NUMBER: '42', PATTERN: '(hunter2' },
      says: [
        'a.yaml:2: llm.base_url: must be an address such as http://127.0.0.1:11434, found the value of ${SECRET}',
        'a.yaml:3: llm.max_retries: expected a whole number of at least 0, found the value of ${NUMBER}. Write it without quotes.',
        'a.yaml:5: llm.models.code.think: expected true, false, low, medium or high, found the value of ${SECRET}',
        'a.yaml:6: llm.cache.type: expected ram, ssd or none, found the value of ${SECRET}',
        'a.yaml:8: llm.routing.default: the value of ${SECRET} is no short name under llm.models. A tag is written with its colon, as in llama3:latest.',
        'a.yaml:10: llm.routing.rules[0].pattern: the value of ${PATTERN} is not an RE2 expression',
        'a.yaml:10: llm.routing.rules[0].task: the value of ${SECRET} is a task that no model lists. Tasks stand in task_types of a model.',
      ],
    },
  ],

  'options that do not fit together': [
    {
      name: 'a rule names both a model and a task, or neither',
      yaml: 'llm:\n  models:\n    code: {name: a:b, task_types: [code]}\n  routing:\n    rules:\n      - {pattern: x, model: code, task: code}\n      - pattern: x\n',
      says: [
        'a.yaml:6: llm.routing.rules[0]: has both model and task. Keep one of them.',
        'a.yaml:7: llm.routing.rules[1]: names neither model nor task. Add one of them.',
      ],
    },
    {
      name: 'a model is neither a short name nor a tag',
      yaml: 'llm:\n  models:\n    fast: qwen2.5:7b\n  routing:\n    default: fats\n    rules:\n      - {pattern: x, model: mistral}\n',
      says: [
        'a.yaml:5: llm.routing.default: "fats" is no short name under llm.models. Did you mean "fast"? A tag is written with its colon, as in llama3:latest.',
        'a.yaml:7: llm.routing.rules[0].model: "mistral" is no short name under llm.models. A tag is written with its colon, as in llama3:latest.',
      ],
    },
    {
      name: 'a model that is to be preloaded or preserved is neither a short name nor a tag',
      yaml: 'llm:\n  models:\n    fast: qwen2.5:7b\n  preload: [fast, fats]\n  memory:\n    preserve_models: [mistral]\n',
      says: [
        'a.yaml:4: llm.preload[1]: "fats" is no short name under llm.models. Did you mean "fast"? A tag is written with its colon, as in llama3:latest.',
        'a.yaml:6: llm.memory.preserve_models[0]: "mistral" is no short name under llm.models. A tag is written with its colon, as in llama3:latest.',
      ],
    },
    {
      name: 'a task is listed by no model',
      yaml: 'llm:\n  models:\n    code: {name: a:b, task_types: [code]}\n  routing:\n    rules:\n      - {pattern: x, task: coed}\n',
      says: [
        'a.yaml:6: llm.routing.rules[0].task: "coed" is a task that no model lists. Did you mean "code"? Tasks stand in task_types of a model.',
      ],
    },
    {
      name: 'a pattern is no RE2 expression',
      yaml: 'llm:\n  routing:\n    rules:\n      - {pattern: "(a", model: "a:b"}\n      - {pattern: "(?=a)", model: "a:b"}\n',
      says: [
        'a.yaml:4: llm.routing.rules[0].pattern: missing closing ): `(a`',
        'a.yaml:5: llm.routing.rules[1].pattern: RE2 has no lookahead or lookbehind (invalid or unsupported Perl syntax: `(?=`): write what should match, and order rules by confidence',
      ],
    },
    {
      name: 'two short names of one model would make it load again and again',
      yaml: 'llm:\n  models:\n    small: llama3\n    large: {name: "Llama3:latest", options: {num_ctx: 8192, top_k: 1}}\n',
      says: [
        'a.yaml:4: llm.models.large: is the same model as small with another num_ctx: Ollama would load it again at every change. Give both the same, or keep one.',
      ],
    },
    {
      name: 'more models are pinned than may be in memory',
      yaml: 'llm:\n  cache: {type: ssd}\n  models:\n    one: {name: a:b, pinned: true}\n    same: {name: A:b, pinned: true}\n    two: {name: c:d, pinned: true}\n',
      says: [
        'a.yaml:6: llm.models.two.pinned: is one pinned model more than may be in memory: llm.cache allows 1. Pin fewer, or raise llm.cache.max_models.',
      ],
    },
    {
      name: 'a short name looks like a tag, names a short name or is taken',
      yaml: 'llm:\n  models:\n    qwen2.5:7b: x\n    fast: qwen2.5:7b\n    chat: fast\n    constructor: a:b\n',
      says: [
        'a.yaml:3: llm.models["qwen2.5:7b"]: a short name may hold letters, digits, dots, - and _. A tag stands on the right, as in NAME: qwen2.5:7b.',
        'a.yaml:5: llm.models.chat: names another short name instead of a tag. Write the tag itself, with its colon if it is called the same.',
        'a.yaml:6: llm.models.constructor: cannot be used as a short name. Choose another one.',
      ],
    },
    {
      name: 'the page is open to others without a key',
      yaml: 'web:\n  host: 0.0.0.0\n',
      says: [
        'a.yaml:2: web.host: others than this machine could open the page without a key. Set web.key (OSTLER_WEB_KEY), or write 127.0.0.1.',
      ],
    },
    {
      name: 'a webhook without a secret, a token that is none, ids that are names',
      yaml: "telegram:\n  token: secret token\n  webhook:\n    url: https://bot.example.org/\naccess:\n  telegram:\n    users: ['@ada']\n",
      says: [
        'a.yaml:2: telegram.token: must be a token as BotFather gives it, such as 1234:AbCd, found a text',
        'a.yaml:4: telegram.webhook.url: anybody could send updates there without a secret. Set telegram.webhook.secret (TELEGRAM_WEBHOOK_SECRET) to a long random text.',
        'a.yaml:7: access.telegram.users[0]: expected a whole number of at least 1, found the text "@ada"',
      ],
    },
    {
      name: 'the key is a variable that is not set: only that is told',
      yaml: `web:\n  host: 0.0.0.0\n  key: \${KEY}\n`,
      says: [
        'a.yaml:3: web.key: the variable KEY is not set. Set KEY in the environment or in .env, or write ${KEY:-} if it may be empty.',
      ],
    },
    {
      name: "Ollama's address goes on after its path",
      yaml: 'llm:\n  base_url: http://127.0.0.1:11434/?a=b\n',
      says: ['a.yaml:2: llm.base_url: has something after ? or #. End it before.'],
    },
    {
      name: 'are told together with what is wrong elsewhere, even in the same rule',
      yaml: 'llm:\n  routing:\n    rules:\n      - text\n      - {pattern: "(", model: fast, confidence: high}\n',
      says: [
        'a.yaml:4: llm.routing.rules[0]: expected keys and values, found the text "text"',
        'a.yaml:5: llm.routing.rules[1].pattern: missing closing ): `(`',
        'a.yaml:5: llm.routing.rules[1].model: "fast" is no short name under llm.models. A tag is written with its colon, as in llama3:latest.',
        'a.yaml:5: llm.routing.rules[1].confidence: expected a number of at least 0, found the text "high"',
      ],
    },
  ],
};

describe.each(Object.entries(groups))('%s', (_, cases) => {
  test.each(cases)('$name', (one) => {
    expect(messagesOf(one)).toEqual(one.says);
  });
});
