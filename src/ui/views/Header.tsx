import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconMoon, IconSun } from '@tabler/icons-react';
import { Logo } from '../parts/Logo';
import { useEntry } from '../studio';
import shellStyles from '../styles/shell.module.css';
import textStyles from '../styles/text.module.css';

export function Header() {
  const entry = useEntry();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  const label = dark ? 'Light colours' : 'Dark colours';
  return (
    <header className={shellStyles.header}>
      <span className={shellStyles.brand}>
        <Logo />
        Intact
      </span>
      <span className={shellStyles.tagline}>
        Int8 models that stay intact. Nothing leaves this machine.
      </span>
      <span className={textStyles.spacer} />
      {entry && <span className={shellStyles.engine}>Engine: {entry.run.made.engine}</span>}
      <Tooltip label={label}>
        <ActionIcon
          variant="default"
          aria-label={label}
          onClick={() => setColorScheme(dark ? 'light' : 'dark')}
        >
          {dark ? <IconSun size={16} /> : <IconMoon size={16} />}
        </ActionIcon>
      </Tooltip>
    </header>
  );
}
