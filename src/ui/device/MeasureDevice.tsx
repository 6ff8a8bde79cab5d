import { Button } from '@mantine/core';
import { Suspense, useState } from 'react';
import { Boundary } from '../boundary/Boundary';
import { lazily } from '../parts/lazily';

const DeviceDialog = lazily(() =>
  import('./DeviceDialog').then(({ DeviceDialog: dialog }) => ({ default: dialog })),
);

export function MeasureDevice() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        size="compact-xs"
        variant="subtle"
        title="Times the samples and your model here: Intact and LiteRT.js, with one thread and all, and WebGPU"
        onClick={() => setOpen(true)}
      >
        Measure this device
      </Button>
      {open && (
        <Boundary card="Measure this device" as="bare">
          <Suspense fallback={null}>
            <DeviceDialog onClose={() => setOpen(false)} />
          </Suspense>
        </Boundary>
      )}
    </>
  );
}
