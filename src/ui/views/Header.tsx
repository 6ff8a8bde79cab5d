import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconMoon, IconSun } from '@tabler/icons-react';
import { Logo } from '../parts/Logo';
import { useEntry } from '../studio';
import styles from '../styles/app.module.css';

export function Header() {
  const entry = useEntry();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  const label = dark ? 'Light colours' : 'Dark colours';
  return (
    <header className={styles.header}>
      <span className={styles.brand}>
        <Logo />
        Intact
      </span>
      <span className={styles.tagline}>
        Int8 models that stay intact. Nothing leaves this machine.
      </span>
      <span className={styles.spacer} />
      {entry && <span className={styles.engine}>Engine: {entry.run.engine}</span>}
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
