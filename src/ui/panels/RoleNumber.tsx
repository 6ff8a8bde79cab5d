import { NumberInput } from '@mantine/core';
import { useEffect, useEffectEvent, useState } from 'react';

interface RoleNumberProps {
  label: string;
  least: number;
  most?: number;
  value: number;
  onChange: (value: number) => void;
}

/** Milliseconds: the samples are read again with each change, so not while somebody still types. */
const typing = 500;

/** A whole number, handed on when typing ends or the field is left. */
export function RoleNumber({ label, least, most, value, onChange }: RoleNumberProps) {
  const [typed, setTyped] = useState<number>();
  const commit = () => {
    setTyped(undefined);
    if (typed !== undefined && typed !== value) onChange(typed);
  };
  const onRest = useEffectEvent(commit);
  useEffect(() => {
    if (typed === undefined) return;
    const timer = setTimeout(onRest, typing);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <NumberInput
      size="xs"
      label={label}
      min={least}
      max={most}
      allowDecimal={false}
      value={typed ?? value}
      onChange={(next) => {
        if (typeof next === 'number' && next >= least) setTyped(next);
      }}
      onBlur={commit}
    />
  );
}
