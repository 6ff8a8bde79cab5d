/**
 * The tabs of this browser that have the page open: each holds a lock of its own as long as it lives, and
 * tells the others what it has stored and deleted.
 */
import { locks } from './database';

export type TabMessage =
  | { readonly kind: 'stored'; readonly id: string }
  | { readonly kind: 'deleted'; readonly id: string };

export interface Tabs {
  readonly id: string;
  tell(message: TabMessage): void;
  /** Ids of the tabs that are open; undefined where the browser doesn't say. */
  living(): Promise<ReadonlySet<string> | undefined>;
  close(): void;
}

/** @param hear gets what other tabs tell, in their order */
export function joinTabs(database: string, hear: (message: TabMessage) => void): Tabs {
  const id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  const prefix = `${database} tab `;
  let leave: () => void = () => undefined;
  const left = new Promise<void>((done) => (leave = done));
  locks()
    ?.request(prefix + id, () => left)
    .catch(() => undefined);
  const channel =
    'BroadcastChannel' in globalThis ? new BroadcastChannel(`${database} storage`) : undefined;
  channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (isMessage(data)) hear(data);
  });
  return {
    id,
    tell: (message) => channel?.postMessage(message),
    async living() {
      const held = (await locks()?.query())?.held;
      if (!held) return undefined;
      const names = held.flatMap(({ name }) =>
        name?.startsWith(prefix) ? [name.slice(prefix.length)] : [],
      );
      return new Set([...names, id]);
    },
    close() {
      leave();
      channel?.close();
    },
  };
}

function isMessage(data: unknown): data is TabMessage {
  const { kind, id } = (data ?? {}) as { kind?: unknown; id?: unknown };
  return (kind === 'stored' || kind === 'deleted') && typeof id === 'string';
}
