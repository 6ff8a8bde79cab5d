import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconMoon, IconSun } from '@tabler/icons-react';
import { Logo } from '../parts/Logo';
import { comparePath, pathOf, places, usePlace } from '../places';
import { useEntry, useModel, useView } from '../studio';
import shellStyles from '../styles/shell.module.css';
import textStyles from '../styles/text.module.css';

/** Links, so that each place can be opened in a tab of its own and Back leads back. */
function Places() {
  const { model } = useModel();
  const { compared, baseline } = useView();
  const here = usePlace().id;
  if (!model) return null;
  return (
    <nav className={shellStyles.places} aria-label="Places">
      {places.map(({ id, label }) => (
        <a
          key={id}
          href={`#${id === 'compare' ? comparePath(compared, baseline) : pathOf(id)}`}
          aria-current={id === here ? 'page' : undefined}
        >
          {label}
          {id === 'compare' && compared.length > 0 && ` (${compared.length})`}
        </a>
      ))}
    </nav>
  );
}

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
      <Places />
      <span className={textStyles.spacer} />
      {entry && (
        <span className={shellStyles.engine} title={entry.run.figures.computed?.why}>
          Engine: {entry.run.made.engine}
          {entry.run.figures.computed?.backend === 'webgpu' && '; samples on WebGPU'}
        </span>
      )}
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
