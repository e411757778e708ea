import * as api from './api.js';
import { h } from './dom.js';

const RANK = { in_use: 0, ready: 0, unloading: 0, loading: 1 };

/**
 * The list of models, and which of them this chat has chosen. `onChoose` is given a model, null where the rules choose,
 * and resolves when nothing more is said of that.
 */
export function createPicker({ select, onChoose }) {
  let choices = 0;
  let choosing = 0;

  const rank = (model) => RANK[model.state] ?? 2;
  const options = () => [...select.options];

  /** Options are changed where they stand: a list that is open must not close. */
  function show(models) {
    const sorted = models.toSorted((a, b) => rank(a) - rank(b));
    const wanted = ['', ...sorted.map((model) => model.tag)];
    if (
      wanted.join('\n') !==
      options()
        .map((option) => option.value)
        .join('\n')
    ) {
      const chosen = select.value;
      select.replaceChildren(select.options[0], ...sorted.map((model) => h('option', { value: model.tag })));
      mark(chosen, models);
    }
    for (const [index, model] of sorted.entries()) {
      const option = select.options[index + 1];
      if (option.textContent !== model.words) option.textContent = model.words;
    }
  }

  /** The chosen model may be an alias, or one that is no longer there. */
  function mark(chosen, models) {
    const model = models.find((one) => one.tag === chosen || one.aliases.includes(chosen));
    const value = model?.tag ?? chosen ?? '';
    if (!options().some((option) => option.value === value)) {
      select.append(h('option', { value }, `${value} · not installed`));
    }
    if (select.value !== value) select.value = value;
  }

  select.addEventListener('change', async () => {
    choices += 1;
    choosing += 1;
    await onChoose(select.value || null);
    choosing -= 1;
  });

  return {
    async refresh(models) {
      show(models);
      const before = choices;
      const isChoosing = choosing > 0;
      const chosen = await api.chosenModel();
      // What was asked before the choice was made would take it back.
      if (before === choices && !isChoosing) mark(chosen, models);
    },
  };
}
