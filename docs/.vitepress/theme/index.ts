import DefaultTheme from 'vitepress/theme';
import { type Theme, useData } from 'vitepress';
import { defineAsyncComponent, defineComponent, h, onMounted, watchPostEffect } from 'vue';
import Diagram from './Diagram.vue';
import './accessibility.css';

/** On the home page, the theme marks no element as the main content. */
const Layout = defineComponent(() => {
  const { frontmatter } = useData();
  onMounted(() =>
    watchPostEffect(() => {
      const content = document.getElementById('VPContent');
      if (frontmatter.value['layout'] === 'home') content?.setAttribute('role', 'main');
      else content?.removeAttribute('role');
    }),
  );
  return () => h(DefaultTheme.Layout);
});

export default {
  extends: DefaultTheme,
  Layout,
  enhanceApp: ({ app }) => {
    app.component('Diagram', Diagram);
    app.component(
      'Playground',
      defineAsyncComponent(() => import('./Playground.vue')),
    );
  },
} satisfies Theme;
