import { useEffect, useState } from 'react';
import type { Border } from '../quant/types';
import { exportSize } from '../state/actions/leave';
import type { RunEntry } from '../state/stores/runs';
import { useStudio } from './studio';

/**
 * Bytes of the file that Export writes with this border. The run knows it for its own border; for
 * another the file is written and measured, once the worker is free. undefined: not known yet.
 */
export function useExportSize(entry: RunEntry, io: Border, free: boolean): number | undefined {
  const studio = useStudio();
  const { made, figures } = entry.run;
  const own = made.plan?.io ?? 'float32';
  const [others, setOthers] = useState<Partial<Record<Border, number>>>({});
  const wanted = io !== own && others[io] === undefined && free;
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    void exportSize(studio, entry, io).then((size) => {
      if (current) setOthers((known) => ({ ...known, [io]: size }));
    });
    return () => {
      current = false;
    };
  }, [studio, entry, io, wanted]);
  return io === own ? figures.whole.fileBytes : others[io];
}
