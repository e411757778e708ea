import { findInstalled, type NamedModel, tagOf } from '../models/catalogue.ts';
import { notInstalled } from '../models/not-installed.ts';
import type { ServerView } from '../models/server-view.ts';

/** Throws `not_installed` for a name (alias or tag) of no model; while Ollama is away nobody knows. */
export function requireInstalled(name: string, models: readonly NamedModel[], view: ServerView): void {
  const tag = tagOf(name, models);
  if (view.away || findInstalled(tag, view.installed)) return;
  throw notInstalled(tag);
}
