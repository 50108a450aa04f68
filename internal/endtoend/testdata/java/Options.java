import java.io.File;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Collections;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** Prints the options of a distribution, whose jars are given: key, default, older spellings. */
public class Options {
    public static void main(String[] jars) throws Exception {
        URL[] urls = new URL[jars.length];
        for (int i = 0; i < jars.length; i++) {
            urls[i] = new File(jars[i]).toURI().toURL();
        }
        URLClassLoader loader = new URLClassLoader(urls);
        Class<?> option = loader.loadClass("org.apache.flink.configuration.ConfigOption");
        TreeSet<String> lines = new TreeSet<>();
        for (String jar : jars) {
            try (JarFile file = new JarFile(jar)) {
                for (JarEntry entry : Collections.list(file.entries())) {
                    String name = entry.getName();
                    if (name.matches("org/apache/flink/.*\\.class") && !name.contains("shaded") && !name.contains("$")) {
                        options(loader, option, name.replace('/', '.').replace(".class", ""), lines);
                    }
                }
            }
        }
        lines.forEach(System.out::println);
    }

    static void options(ClassLoader loader, Class<?> option, String name, TreeSet<String> lines) {
        try {
            for (Field field : Class.forName(name, false, loader).getDeclaredFields()) {
                if (field.getType() != option || !Modifier.isStatic(field.getModifiers())) {
                    continue;
                }
                field.setAccessible(true);
                Object o = field.get(null);
                StringBuilder spellings = new StringBuilder();
                for (Object key : (Iterable<?>) option.getMethod("fallbackKeys").invoke(o)) {
                    Method get = key.getClass().getMethod("getKey");
                    get.setAccessible(true);
                    spellings.append(' ').append(get.invoke(key));
                }
                lines.add(option.getMethod("key").invoke(o) + " = " + option.getMethod("defaultValue").invoke(o)
                        + (spellings.length() > 0 ? " (also" + spellings + ")" : ""));
            }
        } catch (Throwable unloadable) {
            // A class that needs what no jar has, such as Hadoop's.
        }
    }
}
