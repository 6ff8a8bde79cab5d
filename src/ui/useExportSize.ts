import { useEffect, useState } from 'react';
import type { RunEntry } from '../state/runs';
import { exportSize } from '../state/actions/leave';
import { useStudio } from './studio';

/**
 * Bytes of the file that Export writes with this border. The run knows it for its own border; for the
 * other one the file is written and measured, once the worker is free. undefined: not known yet.
 */
export function useExportSize(
  entry: RunEntry,
  io: 'int8' | 'float32',
  free: boolean,
): number | undefined {
  const studio = useStudio();
  const own = entry.run.recipe.io;
  const [other, setOther] = useState<number>();
  const wanted = io !== own && other === undefined && free;
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    void exportSize(studio, entry, io).then((size) => {
      if (current) setOther(size);
    });
    return () => {
      current = false;
    };
  }, [studio, entry, io, wanted]);
  return io === own ? entry.run.fileBytes : other;
}
