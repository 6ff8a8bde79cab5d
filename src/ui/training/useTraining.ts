import { useStore } from 'zustand';
import { useStudio } from '../studio';

export const useTraining = () => useStore(useStudio().training);
