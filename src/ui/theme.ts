import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const intact: MantineColorsTuple = [
  '#e6f5f6',
  '#cfe9eb',
  '#a3d6da',
  '#73c0c7',
  '#4daeb6',
  '#2e97a1',
  '#1a838e',
  '#0d7580',
  '#085f69',
  '#034851',
];

export const theme = createTheme({
  primaryColor: 'intact',
  primaryShade: { light: 7, dark: 7 },
  colors: { intact },
  defaultRadius: 'sm',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, monospace',
  headings: { fontWeight: '600' },
  components: {
    Tooltip: {
      defaultProps: {
        multiline: true,
        maw: 300,
        openDelay: 250,
        withArrow: true,
        events: { hover: true, focus: true, touch: true },
      },
    },
  },
});

/** The page's own greys (styles/base.css): Mantine's are too faint to read at small sizes. */
export const variables: CSSVariablesResolver = () => ({
  variables: { '--mantine-color-body': 'var(--canvas)', '--mantine-color-dimmed': 'var(--muted)' },
  light: {},
  dark: {
    '--mantine-color-body': 'var(--canvas)',
    '--mantine-color-dimmed': 'var(--muted)',
    '--mantine-color-default': 'var(--raised)',
    '--mantine-color-default-border': 'var(--line-strong)',
  },
});
